import { SCOPES, type Scope } from '#config';
import { AppError } from '#kernel';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { safeText } from '../terminal/safe-text.ts';

/** Each with how many names it takes. */
const ACTIONS: Readonly<Record<string, { readonly names: number; readonly run: Action }>> = {
  add: { names: 1, run: add },
  list: { names: 0, run: list },
  revoke: { names: 1, run: revoke },
};

type Action = (context: CommandContext, name: string) => Promise<number>;

export const runToken: CommandRun = async (context) => {
  const [word = '', ...names] = context.invocation.operands;
  const action = Object.hasOwn(ACTIONS, word) ? ACTIONS[word] : undefined;
  if (!action) {
    const hint = `It is one of ${Object.keys(ACTIONS).join(', ')}.`;
    throw usage('usage/unknown-action', `"token" cannot "${word}".`, hint);
  }
  const form = `Write: reprise token ${word}${action.names === 1 ? ' NAME' : ''}`;
  if (names.length < action.names) throw usage('usage/too-few', `"token ${word}" needs a name.`, form);
  if (names.length > action.names) throw usage('usage/too-many', `"${names.at(-1)}" is one too many.`, form);
  return action.run(context, names[0] ?? '');
};

function usage(code: string, message: string, hint: string): AppError {
  return new AppError(code, message, { kind: 'usage', hint });
}

/** Stands in logs, so it is plain. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

async function add(context: CommandContext, name: string): Promise<number> {
  if (!NAME.test(name)) {
    const hint = 'Take letters, digits, dots, dashes and underscores, 64 at most.';
    throw usage('usage/bad-value', `"${name}" cannot be the name of a token.`, hint);
  }
  const scopes = scopesOf(optionValues(context, 'scope'));
  const tokens = await context.surroundings.openTokens(context.resolved);
  const secret = await tokens.add(name, scopes);
  context.log('info', 'token.added', { name, scopes: scopes.join(',') });
  if (hasOption(context, 'json')) printJson(context, { v: 1, name, scopes, secret });
  else print(context, [secret]);
  context.talk.say('This is shown once: keep it where the program that uses it can read it, and nobody else.');
  return EXIT.done;
}

function scopesOf(given: readonly string[]): readonly Scope[] {
  const words = given.flatMap((list) => list.split(',')).map((word) => word.trim());
  const hint = `It is good for some of ${SCOPES.join(', ')}; commas between.`;
  if (words.length === 0) throw usage('usage/too-few', 'Say what the token is good for: --scope LIST.', hint);
  const wrong = words.find((word) => !SCOPES.some((scope) => scope === word));
  if (wrong !== undefined) throw usage('usage/bad-value', `"${wrong}" is no scope.`, hint);
  return SCOPES.filter((scope) => words.includes(scope));
}

async function list(context: CommandContext): Promise<number> {
  const tokens = await (await context.surroundings.openTokens(context.resolved)).list();
  if (hasOption(context, 'json')) printJson(context, { v: 1, tokens });
  else if (tokens.length === 0) context.talk.say('There are no tokens.');
  else
    print(
      context,
      tokens.map(({ name, scopes, madeAt }) => `${safeText(name)}  ${scopes.join(',')}  ${madeAt}`),
    );
  return EXIT.done;
}

async function revoke(context: CommandContext, name: string): Promise<number> {
  await (await context.surroundings.openTokens(context.resolved)).revoke(name);
  context.log('info', 'token.revoked', { name });
  if (hasOption(context, 'json')) printJson(context, { v: 1, name });
  else print(context, [`Revoked ${safeText(name)}: nobody gets in with it any more.`]);
  return EXIT.done;
}
