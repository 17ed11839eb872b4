/** Tests on file systems of their own, see `loop-mounts.ts`. */
import { describe } from 'vitest';
import { type SmallFileSystem, whyNot } from './loop-mounts.ts';

/** `describe` for tests that need these file systems; skipped with the reason in its title where one cannot be had. */
export function describeMounted(kinds: readonly SmallFileSystem[], title: string, tests: () => void): void {
  const obstacle = kinds.map(whyNot).find((why) => why !== undefined);
  if (obstacle === undefined) describe(title, tests);
  else describe.skip(`${title} [SKIPPED: ${obstacle}]`, tests);
}
