/**
 * What follows the files of a plan: sidecars that belong to one of them alone go along, playlists that name one name its
 * new place or the copy that stays. Looks at folders and reads playlists; changes nothing.
 */
import { isAudioExtension } from '#audio';
import type { FileTree } from '#catalogue';
import {
  AppError,
  type BytePath,
  baseName,
  displayPath,
  extensionOf,
  folderOf,
  isUnder,
  isUnderAny,
  joinPath,
} from '#kernel';
import type { Plan, PlanItem, PlannedFile } from './plan.ts';
import { type EditIndex, indexEdits } from './playlists/edit-index.ts';
import { isPlaylist } from './playlists/playlist-form.ts';
import { LARGEST_PLAYLIST_BYTES } from './playlists/read-playlist.ts';
import { editsNamedIn } from './playlists/rewrite-playlist.ts';
import type { FileActs } from './ports.ts';
import { sidecarDestination, sidecarsOf } from './sidecars.ts';

export interface CompanionParts {
  readonly acts: FileActs;
  readonly tree: FileTree;
  readonly signal: AbortSignal;
  /** Told about what could not be read, and so stays as it is. */
  readonly onTrouble: (path: BytePath, message: string) => void;
}

/** The plan with the items that follow its own at the end. @throws AppError `run/cancelled` */
export async function withCompanions(plan: Plan, parts: CompanionParts): Promise<Plan> {
  const leaving = plan.items.filter(({ verb }) => verb === 'move' || verb === 'trash');
  if (leaving.length === 0) return plan;
  const next = plan.items.reduce((most, { n }) => Math.max(most, n), 0) + 1;
  const sidecars = sidecarItems(leaving, plan.protected, parts, next);
  const playlists = await playlistItems(plan, leaving, parts, next + sidecars.length);
  return { ...plan, items: [...plan.items, ...sidecars, ...playlists] };
}

function sidecarItems(
  leaving: readonly PlanItem[],
  safe: readonly BytePath[],
  parts: CompanionParts,
  next: number,
): PlanItem[] {
  const byFolder = Map.groupBy(leaving, ({ source }) => folderOf(source.path));
  const items: PlanItem[] = [];
  for (const [folder, leaders] of byFolder) {
    attempt(folder, parts, () => {
      const given = sidecarsIn(folder, leaders, parts.acts);
      for (const leader of leaders) {
        for (const name of given.get(baseName(leader.source.path)) ?? []) {
          const item = sidecarItem(next + items.length, joinPath(folder, name), leader, { acts: parts.acts, safe });
          if (item !== undefined) items.push(item);
        }
      }
    });
  }
  return items;
}

/** By the names of the files that leave. */
function sidecarsIn(
  folder: BytePath,
  leaders: readonly PlanItem[],
  acts: FileActs,
): ReadonlyMap<BytePath, readonly BytePath[]> {
  const names = acts.list(folder);
  const leaving = new Set(leaders.map(({ source }) => baseName(source.path)));
  const sounds = new Set(names.filter((name) => leaving.has(name) || isAudioExtension(extensionOf(name))));
  return sidecarsOf({ names, sounds, leaving });
}

/** One folder or playlist that cannot be read does not keep the rest from being planned. */
function attempt(path: BytePath, { onTrouble }: CompanionParts, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    onTrouble(path, error.message);
  }
}

/** `undefined` where it stays: only it has what it tells, and the keeper lies where nothing may happen. */
function sidecarItem(
  n: number,
  sidecar: BytePath,
  leader: PlanItem,
  { acts, safe }: { readonly acts: FileActs; readonly safe: readonly BytePath[] },
): PlanItem | undefined {
  const source = plannedFile(acts, sidecar);
  if (source === undefined) return undefined;
  const follows = { n, source, keeper: null, sameBytes: false, follows: [leader.n], edits: [] };
  const owner = displayPath(baseName(leader.source.path));
  if (leader.destination !== null) {
    const destination = sidecarDestination(sidecar, leader.source.path, leader.destination);
    return { ...follows, verb: 'move', destination, reasons: [`belongs to ${owner} and goes along`] };
  }
  const heir = leader.keeper && sidecarDestination(sidecar, leader.source.path, leader.keeper.path);
  const isWanted = heir !== null && !RIP_RECORDS.has(extensionOf(sidecar)) && acts.state(heir) === undefined;
  if (isWanted && isUnderAny(heir, safe)) return undefined;
  if (isWanted) {
    const reason = `belongs to ${owner}, and the copy that stays has none of its own`;
    return { ...follows, verb: 'move', destination: heir, reasons: [reason] };
  }
  return { ...follows, verb: 'trash', destination: null, reasons: [`belongs to ${owner} and goes along`] };
}

/** What tells about one file's making is wrong beside another. */
const RIP_RECORDS: ReadonlySet<string> = new Set(['cue', 'log', 'accurip']);

async function playlistItems(
  plan: Plan,
  leaving: readonly PlanItem[],
  parts: CompanionParts,
  next: number,
): Promise<PlanItem[]> {
  const heirs = leaving.flatMap(({ source, keeper, destination }) => {
    const to = keeper?.path ?? destination;
    return to === null ? [] : { from: source.path, to };
  });
  const index = indexEdits(heirs);
  const numbers = new Map(leaving.map(({ n, source }) => [source.path, n]));
  const items: PlanItem[] = [];
  for await (const playlist of playlistsUnder(plan, parts)) {
    attempt(playlist, parts, () => {
      const item = playlistItem(next + items.length, playlist, { index, numbers, acts: parts.acts });
      if (item !== undefined) items.push(item);
    });
  }
  return items;
}

async function* playlistsUnder({ roots, protected: safe }: Plan, parts: CompanionParts): AsyncGenerator<BytePath> {
  const walking = {
    ...{ signal: parts.signal, wants: isPlaylist, skipsFolder: () => false, ignoreFiles: [] },
    ...{ onSkip: () => {}, onTrouble: () => {}, onDevice: () => {} },
  };
  const outermost = roots.filter((root) => !roots.some((other) => other !== root && isUnder(root, other)));
  for (const root of outermost) {
    for await (const { path, files } of parts.tree.walk(root, walking)) {
      if (!isUnderAny(path, safe)) yield* files.map(({ name }) => joinPath(path, name));
    }
  }
}

interface PlaylistParts {
  readonly index: EditIndex;
  /** Of the items, by the files that leave. */
  readonly numbers: ReadonlyMap<BytePath, number>;
  readonly acts: FileActs;
}

/** @throws AppError `playlist/…`, `files/…` */
function playlistItem(n: number, path: BytePath, { index, numbers, acts }: PlaylistParts): PlanItem | undefined {
  const source = plannedFile(acts, path);
  if (source === undefined) return undefined;
  const isThere = (other: BytePath): boolean => acts.state(other) !== undefined;
  const edits = editsNamedIn(acts.read(path, LARGEST_PLAYLIST_BYTES), path, index, isThere);
  if (edits.length === 0) return undefined;
  const follows = edits.flatMap(({ from }) => numbers.get(from) ?? []).toSorted((a, b) => a - b);
  const [first, ...others] = edits.map(({ from }) => displayPath(baseName(from)));
  const reason = `names ${first}${others.length > 0 ? ` and ${others.length} more` : ''}, and shall name what stays`;
  const facts = { n, source, destination: null, keeper: null, sameBytes: false, follows, edits };
  return { ...facts, verb: 'replace-in-place', reasons: [reason] };
}

function plannedFile(acts: FileActs, path: BytePath): PlannedFile | undefined {
  const state = acts.state(path);
  if (state?.kind !== 'file') return undefined;
  const { sizeBytes, mtimeNs, inode } = state;
  return { path, sizeBytes, mtimeNs, inode, contentHash: null };
}
