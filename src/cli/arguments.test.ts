import { describe, expect, it } from 'vitest';
import { AppError } from '#kernel';
import { parseArguments } from './arguments.ts';
import { loadCommand } from './commands/index.ts';
import { COMMANDS, GLOBAL_OPTIONS } from './options.ts';

function failure(...args: string[]): AppError {
  try {
    parseArguments(args);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('expected an AppError');
}

describe('parseArguments', () => {
  it('takes options before and after the command, and values in both spellings', () => {
    const { command, operands, options } = parseArguments([
      '--data',
      '/d',
      'find',
      'a',
      '--workers=3',
      '-vv',
      '--json',
      'b',
    ]);
    expect(command?.name).toBe('find');
    expect(operands).toEqual(['a', 'b']);
    expect(Object.fromEntries(options)).toEqual({ data: ['/d'], workers: ['3'], verbose: ['', ''], json: [''] });
  });

  it.each([
    ['full', 'find'],
    ['correlate', 'match'],
    ['pair', 'compare'],
    ['why', 'compare'],
  ])('knows %s as %s', (alias, name) => {
    expect(parseArguments([alias, '--help']).command?.name).toBe(name);
  });

  it('takes everything after -- as it is, and a single dash as a name', () => {
    expect(parseArguments(['find', '--', '--json', '-v']).operands).toEqual(['--json', '-v']);
    expect(parseArguments(['find', '-']).operands).toEqual(['-']);
    expect(parseArguments(['groups', '--under=a=b\nc']).options.get('under')).toEqual(['a=b\nc']);
  });

  it('lets --help and --version win over what is missing', () => {
    expect(parseArguments(['compare', '--help']).command?.name).toBe('compare');
    expect(parseArguments(['--version']).command).toBeUndefined();
  });

  it.each([
    [['fnid'], 'usage/unknown-command', 'Did you mean "find"?'],
    [['./Music'], 'usage/unknown-command', 'To look for duplicates there: reprise find ./Music'],
    [['zzzzzzzz'], 'usage/unknown-command', 'See "reprise --help".'],
    [['find', '--jsno'], 'usage/unknown-option', 'Did you mean --json?'],
    [['--worker', '3', 'find'], 'usage/unknown-option', 'See "reprise --help".'],
    [['--origin', 'find'], 'usage/unknown-option', 'See "reprise find --help".'],
    [['find', '-x'], 'usage/unknown-option', 'See "reprise find --help".'],
    [['find', '--json=1'], 'usage/unexpected-value', 'See "reprise find --help".'],
    [['find', '--data'], 'usage/missing-value', 'See "reprise --help".'],
    [['find', '--color', 'pink'], 'usage/bad-value', 'See "reprise --help".'],
    [['compare', 'a'], 'usage/too-few', 'See "reprise compare --help".'],
    [['match', 'a'], 'usage/too-many', 'See "reprise match --help".'],
  ])('refuses %j with %s', (args, code, hint) => {
    const error = failure(...args);
    expect([error.code, error.kind, error.hint]).toEqual([code, 'usage', hint]);
  });
});

describe('the table of commands', () => {
  it('has code for every command', async () => {
    for (const { name } of COMMANDS) expect(await loadCommand(name)).toBeTypeOf('function');
  });

  it('has no name twice', () => {
    const names = COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    for (const { options } of COMMANDS) {
      const all = [...GLOBAL_OPTIONS, ...options].map(({ name }) => name);
      expect(new Set(all).size).toBe(all.length);
    }
  });
});
