/** Members of a group as copies that can be held against each other. */
import type { MasterOf } from '#audio';
import { copyOf, type Member } from './member.ts';
import type { Pairs } from './pairs.ts';

/** A member as a copy. */
export type Judged = ReturnType<typeof copyOf> & { readonly member: Member };

/** The members as copies that can be compared, each told whether it lacks an end that another has. */
export function judge(members: readonly Member[], pairs: Pairs): Judged[] {
  const sounds = new Set(members.flatMap(({ content }) => content.sound?.audioHash ?? []));
  return members.map((member) => {
    const audioHash = member.content.sound?.audioHash;
    const truncated = audioHash !== undefined && pairs.isTruncatedAmong(audioHash, sounds);
    return { ...copyOf(member, truncated), member };
  });
}

/** Equal sounds have one master; of others, the verdict on the pair tells. */
export function mastersAmong(pairs: Pairs): MasterOf<Judged> {
  return ({ member: a }, { member: b }) => {
    if (exactRelation(a, b) !== null) return 'same';
    const [one, other] = [a.content.sound?.audioHash, b.content.sound?.audioHash];
    return (one && other && pairs.standing(one, other)?.verdict.master) || 'unknown';
  };
}

/** What can be said without listening; `null` where nothing exact is shared. */
export function exactRelation(a: Member, b: Member): 'same-bytes' | 'same-audio' | null {
  if (a.contentHash === b.contentHash) return 'same-bytes';
  const [one, other] = [a.content.sound, b.content.sound];
  if (one === null || other === null) return null;
  const sameSamples = one.sampleHash !== null && one.sampleHash === other.sampleHash;
  return one.audioHash === other.audioHash || sameSamples ? 'same-audio' : null;
}
