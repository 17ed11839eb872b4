import type { GroupFilters } from '#review';
import { type CommandContext, type CommandRun, hasOption, optionValues, print, printJson, viewOf } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { bytesOfSize, pathsOf } from '../operands.ts';
import { relationsOf } from '../relations.ts';
import { renderGroups, renderTotals } from '../render/groups.ts';

export const runGroups: CommandRun = async (context) => {
  const filters = filtersOf(context);
  const app = await context.openApp();
  const document = await app.groups(filters, context.run);
  const { groups } = document;
  const view = viewOf(context, filters.under ?? context.resolved.settings.roots);
  if (hasOption(context, 'json')) printJson(context, document);
  else {
    print(context, [...renderGroups(document, groups.length, view), ...renderTotals(document, groups.length, view)]);
  }
  return groups.length > 0 && hasOption(context, 'fail-on-found') ? EXIT.found : EXIT.done;
};

function filtersOf(context: CommandContext): GroupFilters {
  const size = optionValues(context, 'min-bytes').at(-1);
  const relations = relationsOf(optionValues(context, 'relation'));
  const under = pathsOf(context, optionValues(context, 'under'));
  return {
    ...(relations.length > 0 && { relations }),
    ...(under.length > 0 && { under }),
    ...(size !== undefined && { minBytes: bytesOfSize('min-bytes', size) }),
  };
}
