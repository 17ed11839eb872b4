/**
 * Files that belong together: equal bytes, equal audio, equal samples, and what matching judged to be one
 * recording. Equality is exact and so may be followed from file to file; recordings come as finished groups,
 * which are not chained together, not even by equal samples: a person may have called them different.
 */
import type { Member } from './member.ts';

/** Every member in exactly one family, also those alone. `soundGroups` are lists of audio hashes, no hash in two of them. */
export function familiesOf(members: readonly Member[], soundGroups: readonly (readonly string[])[]): Member[][] {
  const groupOf = new Map(soundGroups.flatMap((hashes, at) => hashes.map((hash) => [hash, `group ${at}`] as const)));
  const leaders = new Map<string, string>();
  const leaderOf = (key: string): string => {
    let leader = key;
    for (let next = leaders.get(leader); next !== undefined; next = leaders.get(leader)) {
      // Chains are shortened in passing, so that they stay flat.
      const further = leaders.get(next);
      if (further !== undefined) leaders.set(leader, further);
      leader = next;
    }
    return leader;
  };
  for (const member of members) {
    const [first, ...rest] = keysOf(member, groupOf).map(leaderOf);
    for (const key of rest)
      if (first !== undefined && leaderOf(key) !== leaderOf(first)) leaders.set(leaderOf(first), leaderOf(key));
  }
  const families = Map.groupBy(members, (member) => leaderOf(`bytes ${member.contentHash}`));
  return [...families.values()];
}

function keysOf(member: Member, groupOf: ReadonlyMap<string, string>): string[] {
  const { sound } = member.content;
  const keys = [`bytes ${member.contentHash}`];
  if (sound === null || sound.durationSeconds <= 0) return keys;
  keys.push(`audio ${sound.audioHash}`);
  const group = groupOf.get(sound.audioHash);
  if (group !== undefined) keys.push(group);
  else if (sound.sampleHash !== null) keys.push(`samples ${sound.sampleHash}`);
  return keys;
}
