import type { CommandRun } from '../context.ts';

const LOADERS: Readonly<Record<string, () => Promise<CommandRun>>> = {
  find: async () => (await import('./find.ts')).runFind,
  scan: async () => (await import('./scan.ts')).runScan,
  match: async () => (await import('./match.ts')).runMatch,
  groups: async () => (await import('./groups.ts')).runGroups,
  sweep: async () => (await import('./sweep.ts')).runSweep,
  decide: async () => (await import('./decide.ts')).runDecide,
  decisions: async () => (await import('./decisions.ts')).runDecisions,
  compare: async () => (await import('./compare.ts')).runCompare,
  info: async () => (await import('./info.ts')).runInfo,
  keep: async () => (await import('./keep.ts')).runKeep,
  plan: async () => (await import('./plan.ts')).runPlan,
  apply: async () => (await import('./apply.ts')).runApply,
  undo: async () => (await import('./undo.ts')).runUndo,
  journal: async () => (await import('./journal.ts')).runJournal,
  trash: async () => (await import('./trash.ts')).runTrash,
  serve: async () => (await import('./serve.ts')).runServe,
  gate: async () => (await import('./gate.ts')).runGate,
  store: async () => (await import('./store.ts')).runStore,
  import: async () => (await import('./import.ts')).runImport,
  token: async () => (await import('./token.ts')).runToken,
  config: async () => (await import('./config.ts')).runConfig,
  doctor: async () => (await import('./doctor.ts')).runDoctor,
};

/** The command's code, loaded now. Every name in COMMANDS has one. */
export async function loadCommand(name: string): Promise<CommandRun> {
  const load = LOADERS[name];
  if (!load) throw new Error(`The command ${name} has no code`);
  return load();
}
