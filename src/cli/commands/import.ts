/** `import`: what other programs left behind goes into the catalogue, and their collections into the settings file. */
import type { FoundProfile, ImportTrouble } from '#catalogue';
import { addProfiles, type PlacedProfile } from '#config';
import { type BytePath, displayPath, folderOf } from '#kernel';
import { type CommandContext, type CommandRun, hasOption, print, printJson, viewOf } from '../context.ts';
import { importDocument, type TakenProfiles } from '../documents.ts';
import { EXIT } from '../exit-codes.ts';
import { pathsOf } from '../operands.ts';
import { renderImport, troubleLines } from '../render/import.ts';

/** More lines than this are only counted on the terminal. Chosen. */
const SHOWN_TROUBLES = 20;

export const runImport: CommandRun = async (context) => {
  const { talk, log } = context;
  const dryRun = hasOption(context, 'dry-run');
  const app = await context.openApp();
  const paths = pathsOf(context, context.invocation.operands);
  const troubles: ImportTrouble[] = [];
  let troubleCount = 0;
  const onTrouble = (trouble: ImportTrouble): void => {
    const { path, line, code, message } = trouble;
    log('warning', 'import.failed', { path, ...(line !== null && { line }), code, message });
    if (troubleCount++ < SHOWN_TROUBLES) troubles.push(trouble);
  };
  const report = await app.importForeign(paths, { ...context.run, dryRun, onTrouble });
  const taken = await takeProfiles(context, report.profiles, dryRun);
  if (hasOption(context, 'json')) printJson(context, importDocument(report, taken, dryRun));
  else print(context, renderImport({ report, taken, dryRun, isVerbose: talk.verbosity > 0 }, viewOf(context, paths)));
  // Also with --quiet: what was not taken is an error.
  for (const line of troubleLines(troubles, troubleCount)) talk.say(talk.style.warning(line), -1);
  return troubleCount > 0 || report.damaged > 0 ? EXIT.someFailed : EXIT.done;
};

async function takeProfiles(
  { surroundings, resolved }: CommandContext,
  found: readonly FoundProfile[],
  dryRun: boolean,
): Promise<TakenProfiles> {
  const path = resolved.filePath as BytePath;
  if (found.length === 0) return { settingsFile: path, addition: '', profiles: [] };
  const files = await surroundings.openSettingsFiles();
  const text = await files.read(path);
  const base = { folder: folderOf(path), homeFolder: surroundings.machine().homeFolder };
  const wanted = found.map(({ name, roots, source }) => ({
    name,
    roots,
    origin: `"${name}" of ${displayPath(source)}`,
  }));
  const { placed, addition, text: whole } = await addProfiles({ path, text, base }, wanted);
  if (addition !== '' && !dryRun) {
    if (text === undefined) await files.create(path, whole);
    else await files.replace(path, text, whole);
  }
  const profiles = found.map((profile, index) => ({ ...profile, placed: placed[index] as PlacedProfile }));
  return { settingsFile: path, addition, profiles };
}
