/** An inbox, a library and a view of it on a real disk, with a real catalogue. */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createView, type View, type ViewActs, type ViewPlace, type ViewReport } from '#gate';
import type { AppError, BytePath } from '#kernel';
import { createFileActs } from '../../src/adapters/files/index.ts';
import { INBOX, type JudgedFile, openGateStore, type TestGateStore } from './gate-store.ts';

export interface TestView extends Disposable {
  readonly folder: string;
  readonly gate: TestGateStore;
  readonly troubles: AppError[];
  /** A path below the folder of all. */
  at(name: string): BytePath;
  /** A file that arrived in the inbox, or lies elsewhere, and holds its name. */
  file(name: string, content?: string): BytePath;
  /** Files that arrived in the inbox and were judged. */
  arrive(names: readonly string[], judgement?: Omit<JudgedFile, 'path'>): void;
  /** The view as a process finds it that has just started. */
  open(settings?: Partial<ViewPlace>, acts?: ViewActs, store?: TestGateStore['store']): View;
  reconcile(settings?: Partial<ViewPlace>): Promise<ViewReport>;
  /** The catalogue is opened anew. */
  reopen(): void;
  /** What the view holds: names with the content that one reads there; `→ …` for a link that leads nowhere. */
  shown(): Record<string, string>;
}

const never = new AbortController().signal;

export function createTestView(): TestView {
  const inMemory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const folder = realpathSync(mkdtempSync(path.join(inMemory, 'reprise-view-')));
  const at = (name: string): BytePath => path.join(folder, name) as BytePath;
  mkdirSync(at('in'));
  let gate = openGateStore(at('catalogue.db'));
  const troubles: AppError[] = [];
  const file = (name: string, content = name): BytePath => {
    mkdirSync(path.dirname(at(name)), { recursive: true });
    writeFileSync(at(name), content);
    return at(name);
  };
  const open: TestView['open'] = (settings = {}, acts = createFileActs(), store = gate.store) =>
    createView({ settings: viewSettings(folder, settings), inbox: viewedInbox(folder), store, acts });
  return {
    ...{ folder, troubles, at, file, open },
    get gate() {
      return gate;
    },
    arrive: (names, judgement = {}) => gate.judge(names.map((name) => ({ path: file(`in/${name}`), ...judgement }))),
    reconcile: (settings) =>
      open(settings).reconcile({ signal: never, onTrouble: (error) => void troubles.push(error) }),
    reopen() {
      gate[Symbol.dispose]();
      gate = openGateStore(at('catalogue.db'));
    },
    shown: () => contentsOf(at('view')),
    [Symbol.dispose]() {
      gate[Symbol.dispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function viewSettings(folder: string, settings: Partial<ViewPlace> = {}): ViewPlace {
  const view = path.join(folder, 'view') as BytePath;
  return { name: 'player', path: view, mode: 'symlink', folderPerFile: [], mostRemoved: 0.5, ...settings };
}

export function viewedInbox(folder: string): { name: string; path: BytePath; library: BytePath } {
  return { name: INBOX, path: path.join(folder, 'in') as BytePath, library: path.join(folder, 'lib') as BytePath };
}

/** Files below a folder by their names, and empty folders with a slash. */
export function contentsOf(folder: string, prefix = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const each = path.join(folder, name);
    if (lstatSync(each).isDirectory()) {
      const below = contentsOf(each, `${prefix}${name}/`);
      Object.assign(found, Object.keys(below).length > 0 ? below : { [`${prefix}${name}/`]: '' });
    } else if (existsSync(each)) found[prefix + name] = readFileSync(each, 'utf8');
    else found[prefix + name] = `→ ${readlinkSync(each)}`;
  }
  return found;
}
