import { randomBytes } from 'node:crypto';
import type { Clock } from '#kernel';

/** `keep-20260131-180500-3f2a`: a name that a person can tell apart and type. */
export function newPlanId(command: string, clock: Clock): string {
  const [date = '', time = ''] = new Date(clock.now()).toISOString().replaceAll(/[-:]/g, '').split(/[T.]/);
  return `${command}-${date}-${time}-${randomBytes(2).toString('hex')}`;
}
