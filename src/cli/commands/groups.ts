import { AppError } from '#kernel';
import { DUPLICATE_RELATIONS, type DuplicateRelation } from '#review';
import type { GroupsFilter } from '../app.ts';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { bytesOfSize, pathsOf } from '../operands.ts';
import { renderGroups, renderTotals } from '../render/groups.ts';

export const runGroups: CommandRun = async (context) => {
  const filter = filterOf(context);
  const app = await context.openApp();
  const document = await app.groups(filter, context.run);
  const { groups } = document;
  const view = viewOf(context, filter.under.length > 0 ? filter.under : context.resolved.settings.roots);
  if (hasOption(context, 'json')) printJson(context, document);
  else {
    print(context, [...renderGroups(document, groups.length, view), ...renderTotals(document, groups.length, view)]);
  }
  return groups.length > 0 && hasOption(context, 'fail-on-found') ? EXIT.found : EXIT.done;
};

function filterOf(context: CommandContext): GroupsFilter {
  const size = optionValues(context, 'min-bytes').at(-1);
  return {
    relations: optionValues(context, 'relation').flatMap((list) => list.split(',').map(relationOf)),
    minReclaimableBytes: size === undefined ? 0 : bytesOfSize('min-bytes', size),
    under: pathsOf(context, optionValues(context, 'under')),
  };
}

function relationOf(word: string): DuplicateRelation {
  const found = DUPLICATE_RELATIONS.find((relation) => relation === word.trim());
  if (found) return found;
  throw new AppError('usage/bad-value', `--relation does not know "${word}".`, {
    kind: 'usage',
    hint: `A group is one of ${DUPLICATE_RELATIONS.join(', ')}.`,
  });
}
