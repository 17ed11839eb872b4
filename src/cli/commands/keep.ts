import { type CommandContext, type CommandRun, optionValues } from '../context.ts';
import { paceOptions } from '../filing-run.ts';
import type { KeepWishes, PlannedKeep } from '../keep-app.ts';
import { bytesOfSize, pathsOf } from '../operands.ts';
import { propose, spokenCommand, wantedPlanFile } from '../propose.ts';
import { relationsOf } from '../relations.ts';
import { safeText } from '../terminal/safe-text.ts';
import { counted } from '../terminal/units.ts';

export const runKeep: CommandRun = async (context) => {
  const wishes = wishesOf(context);
  // A slip in them is told before the work, not after.
  paceOptions(context);
  const file = await wantedPlanFile(context);
  const app = await context.openApp();
  const planned = await app.planKeep(wishes, context.run);
  const { plan, keptBack, stale } = planned;
  const more = { keptBack, stale: stale.map((path) => ({ path })) };
  return propose(context, { plan, more, notes: notesOf(context, planned), roots: plan.roots }, file);
};

function wishesOf(context: CommandContext): KeepWishes {
  const size = optionValues(context, 'min-bytes').at(-1);
  const relations = relationsOf(optionValues(context, 'relation'));
  const under = pathsOf(context, optionValues(context, 'under'));
  // The parser has held them to their choices.
  const prefer = optionValues(context, 'prefer').at(-1) as KeepWishes['prefer'];
  const policy = (optionValues(context, 'policy').at(-1) ?? 'release') as KeepWishes['policy'];
  return {
    policy,
    references: pathsOf(context, optionValues(context, 'reference')),
    ...(under.length > 0 && { under }),
    ...(relations.length > 0 && { relations }),
    ...(size !== undefined && { minBytes: bytesOfSize('min-bytes', size) }),
    ...(prefer !== undefined && { prefer }),
    command: spokenCommand(context),
  };
}

/** What stays although it is a duplicate, and what could not be looked at. */
function notesOf(context: CommandContext, { known, keptBack, stale, troubles }: PlannedKeep): string[] {
  const { talk } = context;
  const isVerbose = talk.verbosity > 0;
  const byReason = [...Map.groupBy(keptBack, ({ reason }) => reason)];
  const stays = byReason.flatMap(([reason, some]) => [
    `${counted(some.length, 'duplicate')} left alone: ${safeText(reason)}.`,
    ...(isVerbose ? some.map(({ path }) => `  ${safeText(path)}`) : []),
  ]);
  const changed =
    stale.length > 0
      ? [`${counted(stale.length, 'file')} changed since the last scan and left alone: scan again.`]
      : [];
  const unread = troubles.map(({ message }) => `A playlist stays as it is: ${safeText(message)}`);
  const empty = known === 0 ? ['Nothing was scanned yet. Begin with: reprise find ~/Music'] : [];
  const lines = [...empty, ...stays, ...changed, ...unread];
  return lines.length === 0 ? [] : ['', ...lines.map(talk.style.faint)];
}
