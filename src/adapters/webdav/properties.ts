/**
 * What PROPFIND tells and PROPPATCH sets. What belongs to a file comes from the tree; whatever else clients set is kept
 * beside its bytes as an extended attribute, and goes where it goes.
 */
import {
  BadRequestError,
  type Properties,
  PropertyIsProtectedError,
  PropertyNotFoundError,
  type Resource,
} from 'nephele';
import type { Node } from '#store';
import { answerTo } from './errors.ts';
import { mediaTypeOf } from './media-types.ts';
import type { StoredFiles } from './stored-files.ts';

/** A text, or a piece of XML as the library has it. */
type Value = string | object;
type Instruction = Parameters<Properties['runInstructions']>[0][number];

export interface Quota {
  readonly availableBytes: number;
  readonly usedBytes: number;
}

export interface PropertySources {
  readonly files: Pick<StoredFiles, 'change' | 'getAttribute' | 'setAttribute' | 'removeAttribute'>;
  readonly quota: () => Quota;
}

const ATTRIBUTE = 'user.webdav';
/** How Windows says of what time a file is that it has copied. */
const WINDOWS_TIME = 'urn:schemas-microsoft-com:%%Win32LastModifiedTime';
/** Told where they are asked for: they cost a look at every row. */
const QUOTA = ['quota-available-bytes', 'quota-used-bytes'];
const LOCKS = ['exclusive', 'shared'].map((scope) => ({ lockscope: { [scope]: {} }, locktype: { write: {} } }));
/** What XML cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNFIT = /[\0-\x1f\x7f\ufffe\uffff]/g;
const NS_PER_MS = 1_000_000n;

export function etagOf({ id, mtimeNs, size }: Node): string {
  return [id, mtimeNs, size].map((part) => part.toString(36)).join('-');
}

export function modifiedOf({ mtimeNs }: Node): Date {
  return new Date(Number(mtimeNs / NS_PER_MS));
}

/** @param name as it is shown; '' for the root */
export function createProperties(sources: PropertySources, resource: Resource, node: Node, name: string): Properties {
  const { files } = sources;
  const live = liveOf(sources, node, name);
  const names = (): string[] => [...live.keys(), ...keptOf(sources, node).keys()];

  async function get(property: string): Promise<Value> {
    const value = live.get(property)?.() ?? keptOf(sources, node).get(property);
    if (value === undefined) throw new PropertyNotFoundError(`There is no property ${property}.`);
    return value;
  }

  async function getAll(): Promise<Record<string, Value>> {
    const told = [...live].filter(([property]) => !QUOTA.includes(property));
    return Object.fromEntries([...told.map(([property, tell]) => [property, tell()]), ...keptOf(sources, node)]);
  }

  async function run(instructions: readonly Instruction[]): Promise<[string, Error][] | undefined> {
    const wrong = instructions.flatMap((instruction) => wrongWith(instruction, live));
    if (wrong.length > 0) return wrong;
    try {
      follow(files, node, keptOf(sources, node), instructions);
      return undefined;
    } catch (error) {
      return instructions.map(([, property]) => [property, answerTo(error) as Error]);
    }
  }

  async function runOne(instruction: Instruction): Promise<void> {
    const [wrong] = (await run([instruction])) ?? [];
    if (wrong !== undefined) throw wrong[1];
  }

  return {
    ...{ resource, get, getByUser: get, getAll, getAllByUser: getAll },
    set: (property, value) => runOne(['set', property, value]),
    setByUser: (property, value) => runOne(['set', property, value]),
    remove: (property) => runOne(['remove', property, undefined]),
    removeByUser: (property) => runOne(['remove', property, undefined]),
    ...{ runInstructions: run, runInstructionsByUser: run },
    list: async () => names(),
    listByUser: async () => names(),
    listLive: async () => [...live.keys()],
    listLiveByUser: async () => [...live.keys()],
    listDead: async () => [...keptOf(sources, node).keys()],
    listDeadByUser: async () => [...keptOf(sources, node).keys()],
  };
}

function liveOf({ quota }: PropertySources, node: Node, name: string): ReadonlyMap<string, () => Value> {
  const ofKind: Record<string, () => Value> =
    node.kind === 'folder'
      ? {
          resourcetype: () => ({ collection: {} }),
          'quota-available-bytes': () => String(quota().availableBytes),
          'quota-used-bytes': () => String(quota().usedBytes),
        }
      : {
          resourcetype: () => ({}),
          getcontentlength: () => String(node.size),
          getcontenttype: () => mediaTypeOf(name),
        };
  return new Map<string, () => Value>([
    // The tree keeps no time of birth.
    ['creationdate', () => modifiedOf(node).toISOString()],
    ['displayname', () => name.replace(UNFIT, '\ufffd')],
    ['getetag', () => JSON.stringify(etagOf(node))],
    ['getlastmodified', () => modifiedOf(node).toUTCString()],
    ['supportedlock', () => ({ lockentry: LOCKS })],
    ...Object.entries(ofKind),
  ]);
}

function keptOf({ files }: PropertySources, node: Node): Map<string, Value> {
  const attribute = files.getAttribute(node, ATTRIBUTE);
  return new Map(attribute === undefined ? [] : Object.entries(JSON.parse(Buffer.from(attribute).toString('utf8'))));
}

function wrongWith([action, property, value]: Instruction, live: ReadonlyMap<string, unknown>): [string, Error][] {
  if (live.has(property) || QUOTA.includes(property))
    return [[property, new PropertyIsProtectedError(`The store itself says what ${property} is.`)]];
  if (property === WINDOWS_TIME && action === 'set' && Number.isNaN(timeOf(value)))
    return [[property, new BadRequestError('That is no time.')]];
  return [];
}

/** @param value a text, alone or with the namespace that was declared beside it */
function timeOf(value: string | { readonly _?: string }): number {
  return Date.parse(typeof value === 'string' ? value : (value._ ?? ''));
}

function follow(
  files: PropertySources['files'],
  { id }: Node,
  kept: Map<string, Value>,
  instructions: readonly Instruction[],
): void {
  const before = kept.size;
  let isTouched = false;
  for (const [action, property, value] of instructions) {
    if (property === WINDOWS_TIME) {
      if (action === 'set') files.change(id, { mtimeNs: BigInt(timeOf(value)) * NS_PER_MS });
      continue;
    }
    isTouched = true;
    if (action === 'set') kept.set(property, value ?? '');
    else kept.delete(property);
  }
  if (!isTouched) return;
  if (kept.size > 0) files.setAttribute(id, ATTRIBUTE, Buffer.from(JSON.stringify(Object.fromEntries(kept))));
  else if (before > 0) files.removeAttribute(id, ATTRIBUTE);
}
