/** Programs as people use them, in a mounted store. */
import { describePrograms, itNeeds } from './programs-place.ts';
import { FACTS, TRIALS } from './programs-trials.ts';

describePrograms('does what programs ask of it', ({ perform }) => {
  for (const [n, { title, needs, script }] of TRIALS.entries())
    itNeeds({ needs }, title, () => perform(script, `trial-${n}`, { FACTS }));
});
