/** The command line as a process, where it needs no library. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRODUCT } from '../support/product.ts';

const root = resolve(import.meta.dirname, '../..');
let home = '';

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'reprise-cli-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function reprise(args: readonly string[], environment: Record<string, string> = {}): SpawnSyncReturns<string> {
  const env = { HOME: home, PATH: process.env['PATH'] ?? '', ...environment };
  return spawnSync(process.execPath, [...PRODUCT, ...args], { env, encoding: 'utf8', cwd: home });
}

describe('reprise', () => {
  it('--version says the version of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    const { stdout, status } = reprise(['--version']);
    expect([stdout, status]).toEqual([`reprise ${version}\n`, 0]);
  });

  it('--help goes to standard output, of a command too', () => {
    const general = reprise(['--help']);
    expect([general.status, general.stderr]).toEqual([0, '']);
    expect(general.stdout).toContain('Usage: reprise [OPTIONS] COMMAND');
    expect(reprise(['full', '--help']).stdout).toContain('Usage: reprise find');
  });

  it('--help loads neither settings nor library', () => {
    const probe = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ load: (url, context, next) => { seen.push(url); return next(url, context); } });
      process.on('exit', () => process.stderr.write(seen.join('\\n')));`;
    const preload = `data:text/javascript,${encodeURIComponent(probe)}`;
    const options = ['--import', preload, ...PRODUCT, '--help'];
    const { stderr, status } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    expect(status).toBe(0);
    const files = stderr.split('\n').filter((url) => !url.startsWith('node:'));
    // Which modules were joined into a file is said in it.
    const loaded = files.flatMap((url) =>
      [...readFileSync(fileURLToPath(url), 'utf8').matchAll(/^\/\/ dist\/(.*)$/gm)].map(([, module]) => module!),
    );
    expect(loaded).toContain('cli/help.js');
    expect(loaded.filter((file) => !/^(main|cli|kernel)\//.test(file))).toEqual([]);
    expect(loaded.filter((file) => /^cli\/(commands|render|terminal)\//.test(file))).toEqual([]);
  });

  it.each([
    [[], 'Say what to do.'],
    [['fnid'], 'Did you mean "find"?'],
    [['find', '--jsno'], 'Did you mean --json?'],
    [['compare', 'a'], 'reprise compare A B'],
    [['--profile', '../x', 'config', 'show'], 'cannot be the name of a profile'],
    [['--config', 'none.toml', 'doctor'], 'none.toml'],
    [['--log-level', 'loud', 'config', 'show'], '--log-level must be one of'],
    [['config', 'explode'], 'reprise config init'],
  ])('refuses %j with 2, on standard error', (args, part) => {
    const { status, stdout, stderr } = reprise(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(part);
    expect(stderr.split('\n')).toHaveLength(3);
  });

  it('ends quietly when nobody reads its output', () => {
    const script = `"$@" --help | true; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script, 'bash', process.execPath, ...PRODUCT], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect([stdout, stderr]).toEqual(['0\n', '']);
  });
});

describe('reprise config', () => {
  it('init --defaults writes the commented file, once', () => {
    const config = join(home, 'new/config.toml');
    const first = reprise(['--config', config, 'config', 'init', '--defaults']);
    expect(first.status).toBe(0);
    expect(readFileSync(config, 'utf8')).toContain('# workers = ');
    const second = reprise(['--config', config, 'config', 'init', '--defaults']);
    expect([second.status, second.stdout]).toEqual([5, '']);
    expect(reprise(['--config', config, 'config', 'check']).stdout).toContain(`${config} is right.`);
  });

  it('init does not guess where nobody can answer', () => {
    const { status, stderr } = reprise(['config', 'init']);
    expect(status).toBe(2);
    expect(stderr).toContain('--defaults');
  });

  it('show --origin says who set what, and --json the same for programs', () => {
    const config = join(home, 'shown.toml');
    writeFileSync(config, 'workers = 3\n[profiles.live]\nroots = ["~/Concerts"]\n');
    const args = ['--config', config, '--profile', 'live', 'config', 'show', '--origin', '--data', '/d'];
    const environment = { REPRISE_SCAN__EXCLUDE: 'a,b' };
    const { stdout, status } = reprise(args, environment);
    expect(status).toBe(0);
    const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines).toContain(`roots | ${home}/Concerts | profile ${config}:3`);
    expect(lines).toContain('data | /d | flag --data');
    expect(lines).toContain(`workers | 3 | file ${config}:1`);
    expect(lines).toContain('scan.exclude | a, b | environment REPRISE_SCAN__EXCLUDE');
    const document = JSON.parse(reprise([...args, '--json'], environment).stdout) as { v: number; settings: object[] };
    expect(document.v).toBe(1);
    expect(document.settings).toContainEqual({ key: 'workers', value: 3, origin: 'file', where: `${config}:1` });
  });

  it('check tells file, line and what to do', () => {
    const config = join(home, 'wrong.toml');
    writeFileSync(config, '[scan]\nextension = ["mp3"]\n');
    const { status, stderr } = reprise(['--config', config, 'config', 'check']);
    expect(status).toBe(2);
    expect(stderr).toBe(
      `reprise: ${config}, line 2: there is no setting scan.extension.\n  Did you mean scan.extensions?\n`,
    );
  });
});

describe('the log', () => {
  it('is appended to, one event a line, in words that a shell reads', () => {
    const log = join(home, 'a log.txt');
    for (let run = 0; run < 2; run++) reprise(['config', 'show', '--log-file', log]);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z info run\.started command=config version=\d/);
  });

  it('that cannot be written stops the command before it does anything', () => {
    mkdirSync(join(home, 'folder'));
    const { status, stderr } = reprise(['config', 'show', '--log-file', 'folder/none/x.log']);
    expect(status).toBe(4);
    expect(stderr).toContain('Make the folder first.');
  });
});
