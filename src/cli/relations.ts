import { AppError } from '#kernel';
import { DUPLICATE_RELATIONS, type DuplicateRelation } from '#review';

/** Lists of relations, commas between, as words. @throws AppError `usage/bad-value` */
export function relationsOf(lists: readonly string[]): DuplicateRelation[] {
  return lists.flatMap((list) => list.split(',').map(relationOf));
}

function relationOf(word: string): DuplicateRelation {
  const found = DUPLICATE_RELATIONS.find((relation) => relation === word.trim());
  if (found) return found;
  throw new AppError('usage/bad-value', `--relation does not know "${word}".`, {
    kind: 'usage',
    hint: `A group is one of ${DUPLICATE_RELATIONS.join(', ')}.`,
  });
}
