/** What commands that propose have in common: show the plan, write it into a file, or do it. */
import { type Plan, planDocument } from '#filing';
import type { BytePath } from '#kernel';
import { type CommandContext, hasOption, optionValues, print, printJson, viewOf } from './context.ts';
import { jsonOf } from './documents.ts';
import { EXIT } from './exit-codes.ts';
import { applyAndTell } from './filing-run.ts';
import { pathsOf } from './operands.ts';
import { renderPlan } from './render/plan.ts';
import type { NewFile } from './surroundings.ts';
import { shellWord } from './terminal/safe-text.ts';

/** How many items a person wants to see before being asked. */
const SHOWN_ITEMS = 20;

export interface Proposal {
  readonly plan: Plan;
  /** Further members of the JSON document. */
  readonly more: object;
  /** What is said below the plan. */
  readonly notes: readonly string[];
  /** Folders that paths are shown below. */
  readonly roots: readonly BytePath[];
}

/** The file that `--plan` asks for. */
export interface PlanFile {
  readonly path: BytePath;
  readonly file: NewFile;
}

/** Seen to before the work is done. @throws AppError `output/…` where it could not be made */
export async function wantedPlanFile(context: CommandContext): Promise<PlanFile | undefined> {
  const [path] = pathsOf(context, optionValues(context, 'plan').slice(-1));
  return path && { path, file: await context.surroundings.prepareFile(path) };
}

/** Those that say what is done with a plan, not how it is made. */
const AFTERWARDS: ReadonlySet<string> = new Set(['apply', 'all', 'plan']);

/** The command with its own options as a person could type them; the plan says by it how it was made. */
export function spokenCommand({ invocation: { command, options } }: CommandContext): string {
  const own = new Set(command?.options.map(({ name }) => name));
  const spoken = [...options].flatMap(([name, values]) =>
    own.has(name) && !AFTERWARDS.has(name)
      ? values.map((value) => (value === '' ? `--${name}` : `--${name} ${shellWord(value)}`))
      : [],
  );
  return [command?.name, ...spoken].join(' ');
}

/** @returns the exit code */
export async function propose(
  context: CommandContext,
  proposal: Proposal,
  file: PlanFile | undefined,
): Promise<number> {
  const { plan, more, notes, roots } = proposal;
  const { talk } = context;
  logPlan(context, plan);
  file?.file.write(jsonOf(planDocument(plan)));
  const applies = hasOption(context, 'apply') && plan.items.length > 0;
  if (hasOption(context, 'json') && !applies) printJson(context, { ...planDocument(plan), ...more });
  else if (!hasOption(context, 'json')) {
    const limit = hasOption(context, 'all') ? plan.items.length : SHOWN_ITEMS;
    print(context, renderPlan(plan, limit, viewOf(context, roots)));
  }
  for (const line of notes) talk.say(line);
  if (applies) return applyAndTell(context, plan);
  for (const line of plan.items.length > 0 ? nextSteps(file) : []) talk.say(talk.style.faint(line));
  return EXIT.done;
}

/** The log says what would be done, so that a dry run can be held against what is done later. */
function logPlan({ log }: CommandContext, plan: Plan): void {
  log('info', 'plan.made', { plan: plan.id, items: plan.items.length, reclaimableBytes: plan.reclaimableBytes });
  for (const { n, verb, source, destination, keeper } of plan.items) {
    const to = destination === null ? {} : { destination };
    log('info', 'plan.item', { n, verb, path: source.path, ...to, keeper: keeper?.path ?? '' });
  }
}

function nextSteps(file: PlanFile | undefined): string[] {
  if (file !== undefined) {
    const apply = `reprise apply ${shellWord(file.path)}`;
    return ['', `Nothing was changed. The plan can be read and edited; to do it: ${apply}`];
  }
  return [
    '',
    'Nothing was changed. What next:',
    '  the same with --apply        do it; "reprise undo" takes it back',
    '  the same with --plan FILE    write the plan into a file, to read and edit it, and to apply it later',
  ];
}
