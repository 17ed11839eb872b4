import {
  absolutePath,
  commentedSettings,
  environmentName,
  type SettingKey,
  type Settings,
  type SettingValue,
  secretSources,
} from '#config';
import { AppError } from '#kernel';
import { type CommandContext, type CommandRun, hasOption, print, printJson } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { alignColumns } from '../terminal/columns.ts';
import { safeText } from '../terminal/safe-text.ts';

type Action = (context: CommandContext) => Promise<void> | void;

const ACTIONS: Readonly<Record<string, Action>> = { init, show, check };

export const runConfig: CommandRun = async (context) => {
  const [word = ''] = context.invocation.operands;
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (!action) {
    throw new AppError('usage/unknown-action', `"config" cannot "${word}".`, {
      kind: 'usage',
      hint: 'It is one of: reprise config init, reprise config show, reprise config check.',
    });
  }
  await action(context);
  return EXIT.done;
};

async function init(context: CommandContext): Promise<void> {
  const { resolved, surroundings, talk } = context;
  const files = await surroundings.openSettingsFiles();
  if (resolved.fileExists) throw alreadyThere(resolved.filePath);
  const choices = hasOption(context, 'defaults') ? new Map<SettingKey, SettingValue>() : await askChoices(context);
  await files.create(resolved.filePath, commentedSettings(choices));
  print(context, [`Wrote ${safeText(resolved.filePath)}.`]);
  const roots = choices.get('roots') ?? [];
  talk.say(
    Array.isArray(roots) && roots.length > 0
      ? 'Now run: reprise find'
      : 'It names no music folders. Add them there as roots, or name them each time: reprise find ~/Music',
  );
}

function alreadyThere(path: string): AppError {
  return new AppError('config/exists', `${path} exists already and is never overwritten.`, {
    kind: 'conflict',
    hint: 'Edit it, or move it away first.',
  });
}

async function askChoices({ surroundings, resolved, talk }: CommandContext): Promise<Map<SettingKey, SettingValue>> {
  const { ask } = surroundings;
  if (!ask) {
    throw new AppError('config/no-terminal', 'There is no terminal to ask on.', {
      kind: 'usage',
      hint: 'Write the commented defaults instead: reprise config init --defaults.',
    });
  }
  const { homeFolder, workingFolder } = surroundings.machine();
  const base = { folder: workingFolder, homeFolder };
  const choices = new Map<SettingKey, SettingValue>();
  talk.say('Where is your music? One folder a line; an empty line ends the list, Enter twice means none.');
  const roots = await askFolders(ask);
  if (roots.length > 0) {
    choices.set(
      'roots',
      roots.map((root) => absolutePath(root, base)),
    );
  }
  const data = await ask(`Where shall the catalogue be kept? [${safeText(resolved.settings.data)}] `);
  if (data === undefined) throw noAnswer();
  if (data.trim() !== '') choices.set('data', absolutePath(data.trim(), base));
  return choices;
}

/** An empty line ends the list; before the first folder it takes two, so that one slip does not skip the question. */
async function askFolders(ask: (question: string) => Promise<string | undefined>): Promise<string[]> {
  const folders: string[] = [];
  let empty = 0;
  while (empty < (folders.length === 0 ? 2 : 1)) {
    const line = await ask('Music folder: ');
    if (line === undefined) throw noAnswer();
    if (line.trim() === '') empty++;
    else folders.push(line.trim());
  }
  return folders;
}

function noAnswer(): AppError {
  return new AppError('config/no-answer', 'The questions were not answered, so nothing was written.', {
    kind: 'usage',
    hint: 'Run "reprise config init" again, or with --defaults.',
  });
}

function show(context: CommandContext): void {
  const { resolved, style } = context;
  const { entries, filePath, fileExists, profile } = resolved;
  if (hasOption(context, 'json')) {
    const settings = entries.map(({ key, value, origin }) => ({
      key,
      value,
      origin: origin.kind,
      where: origin.where,
    }));
    printJson(context, { v: 1, file: filePath, fileExists, profile, settings });
    return;
  }
  const withOrigin = hasOption(context, 'origin');
  const rows = entries.map(({ key, value, origin }) => [
    key,
    valueText(value),
    ...(withOrigin
      ? [style.faint(origin.where === '' ? origin.kind : `${origin.kind} ${safeText(origin.where)}`)]
      : []),
  ]);
  print(context, [
    style.faint(`# ${safeText(filePath)}${fileExists ? '' : ' (not there)'}, profile ${profile}`),
    ...alignColumns(rows, [{}, {}, {}]),
  ]);
}

function valueText(value: SettingValue): string {
  if (value === null) return 'none';
  return safeText(typeof value === 'object' ? value.join(', ') || 'empty' : String(value));
}

/** Loading has refused what is wrong; what is left may be a mistake. */
function check(context: CommandContext): void {
  const { resolved, style } = context;
  const { filePath, fileExists, settings } = resolved;
  const warnings = [...resolved.warnings, ...unsigned(context)];
  const sections = sectionNames(settings);
  if (hasOption(context, 'json')) {
    printJson(context, { v: 1, file: filePath, fileExists, ...Object.fromEntries(sections), warnings });
    return;
  }
  const roots = settings.roots.length === 0 ? [`No music folders are set: roots, or ${environmentName('roots')}.`] : [];
  print(context, [
    fileExists ? `${safeText(filePath)} is right.` : `There is no ${safeText(filePath)}; the defaults hold.`,
    ...sections.flatMap(([kind, names]) => (names.length === 0 ? [] : [`${kind}: ${names.join(', ')}`])),
    ...[...warnings, ...roots].map((line) => style.warning(safeText(line))),
  ]);
}

function sectionNames({ inboxes, views, webhooks }: Settings): readonly (readonly [kind: string, names: string[]])[] {
  return Object.entries({ inboxes, views, webhooks }).map(([kind, list]) => [kind, list.map(({ name }) => name)]);
}

/** The receivers of flaczkownia-dedup's body know no signature. */
function unsigned({ resolved, surroundings }: CommandContext): string[] {
  return resolved.settings.webhooks
    .filter(({ format }) => format === 'reprise')
    .filter(({ name, secretFile }) => secretSources(name, surroundings.environment, secretFile).length === 0)
    .map(({ name }) => `The webhook ${name} has no secret, so whoever is called cannot tell who calls.`);
}
