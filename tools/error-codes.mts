/**
 * Every error code with its meaning, for docs/reference/errors.md. A code is permanent, so this list only grows.
 * A test holds it to the codes that the source uses.
 */
export const ERROR_CODES: Readonly<Record<string, string>> = {
  'catalogue/corrupt': 'The catalogue is damaged. Move it away and scan again.',
  'catalogue/denied': 'The catalogue cannot be opened for writing.',
  'catalogue/disk-full': 'No room is left on the disk that holds the catalogue. Free some and run the command again.',
  'catalogue/locked': 'Another process uses the catalogue. Wait for it, or use another data folder.',
  'catalogue/too-new': 'A newer Reprise made the catalogue.',
  'catalogue/unreadable': 'The disk that holds the catalogue reports an error.',
  'config/bad-profile': 'The text cannot be the name of a profile.',
  'config/bad-value': 'A setting has a value that it cannot have; the message says what it must be.',
  'config/changed': 'Somebody wrote to the settings file while it was worked on, so it was left as it is.',
  'config/exists': 'The settings file is there already, and is never overwritten.',
  'config/missing': 'The settings file that was named is not there.',
  'config/no-answer': 'The questions of "config init" were not answered, so nothing was written.',
  'config/no-room-for-profiles': 'The settings file is written so that no profile can be added at its end.',
  'config/no-terminal': '"config init" has nobody to ask. Use --defaults.',
  'config/not-utf-8': 'A name cannot stand in a settings file, which is UTF-8.',
  'config/syntax': 'The settings file is not TOML.',
  'config/unknown-key': 'There is no such setting; the hint says which one may be meant.',
  'config/unknown-profile': 'The settings file has no such profile.',
  'config/unreadable': 'The settings file is there and cannot be read.',
  'config/unwritable': 'The settings file cannot be written.',
  'decisions/damaged': 'An entry of an import is no decision, and was left out; the message says which and why.',
  'decisions/missing': 'There is no such decision in force.',
  'decisions/not-an-export': 'The text of an import is not what "decisions export" writes. Nothing was imported.',
  'decisions/one-file': 'Both names of a pair mean one file.',
  'decisions/one-sound': 'Files with equal audio were to be called different.',
  'decisions/too-new': 'A newer Reprise wrote the decisions.',
  'decisions/unheard': 'The file holds no sound that a decision could be about.',
  'decode/broken': 'The file has the form of a known format, and its content cannot be read.',
  'decode/crashed': 'The decoder crashed on the file. The rest goes on.',
  'decode/drm': 'The sound is encrypted by copy protection.',
  'decode/empty': 'The file has no bytes.',
  'decode/memory': 'The decoder wanted more memory than decode.memoryMegabytes.',
  'decode/no-sound': 'The file opens, and no sound came out of it.',
  'decode/not-audio': 'The file is not a sound, whatever its name says.',
  'decode/timeout': 'The decoder made no progress for decode.secondsPerFile.',
  'decode/too-long': 'The sound is longer than the 4 hours that can be compared.',
  'decode/unavailable': 'No decoder was found on this machine; see "reprise doctor".',
  'decode/unsupported': 'The decoder in use does not know the coding; see "reprise doctor".',
  'files/bad-copy': 'A copy does not read back as it was written. The original is untouched; check the disk.',
  'files/bad-name': 'The file system does not take such a name.',
  'files/changed': 'The file was written to while it was read, or since it was scanned. Scan again.',
  'files/denied': 'The file or folder may not be read, changed or made.',
  'files/disk-full':
    'No room is left on a disk, or the quota is used up. What was planned can be gone on with when there is room.',
  'files/elsewhere': 'Two names that must lie on one file system lie on two.',
  'files/exists': 'There is something at the name already, and nothing is ever overwritten.',
  'files/missing': 'The file or folder is not there.',
  'files/name-too-long': 'The name or path is longer than the file system takes.',
  'files/no-reflink': 'The file system cannot let two files share their blocks.',
  'files/not-regular': 'The path is no regular file, or no folder, where one is needed.',
  'files/too-large': 'The file is larger than what is read of such a file, or than its file system takes.',
  'files/too-many-links': 'The file has as many names as its file system allows.',
  'files/unavailable':
    'The file or its disk does not answer; it may pass. The message has the reason that the system gives.',
  'files/unreadable': 'The file or folder cannot be read; the message has the reason that the system gives.',
  'filing/changed':
    'A file is not any more what it was when the plan was made, or was changed meanwhile, so it was left alone.',
  'filing/gone': 'A file of the plan is not there any more, or its disk is not connected.',
  'filing/hard-linked': 'The file has other names, which a move to another file system would cut off.',
  'filing/in-trash': 'A plan is about what lies in a trash, with which only "undo" and "trash" have to do.',
  'filing/last-copy': 'The file is the copy that stays for others, so it may not leave.',
  'filing/no-keeper': 'An item takes a file away and names no copy that stays.',
  'filing/no-name': 'Every name like the wanted one is taken.',
  'filing/not-equal': 'Two files were to be the same to the last byte, and are not.',
  'filing/protected': 'The file or folder is protected, by the plan or by filing.protected.',
  'filing/protected-missing': 'A path of filing.protected is not there, so nothing is done before that is clear.',
  'filing/same-file': 'The file and the copy that stays are two names of one file.',
  'filing/unclear':
    'An act was interrupted, and its file is neither where it was nor where it was to go. Look for it; its disk may be away.',
  'fingerprint/corrupt': 'A stored or given fingerprint is not one.',
  'gate/bad-template': 'The template of placed files names a field that there is not.',
  'import/damaged': 'A line of an imported file holds nothing that can be taken; the message says which and why.',
  'import/unknown': 'The file is nothing that can be imported.',
  'index/corrupt':
    'A part of the search index is damaged. It is made again from the catalogue by the next match; check the disk.',
  'index/denied': 'The search index beside the catalogue cannot be written. Check the permissions of the data folder.',
  'index/disk-full':
    'There is no room for the search index or for what a search found so far. Make room and run the command again: it goes on.',
  'journal/corrupt': 'The journal is damaged. Move it away; what was filed lies in the trash and output folders.',
  'journal/denied': 'The journal cannot be opened for writing.',
  'journal/disk-full':
    'No room is left on the disk that holds the journal, so nothing more was done. Free some and apply the plan again.',
  'journal/locked': 'Another process uses the journal. Wait for it.',
  'journal/too-new': 'A newer Reprise made the journal.',
  'journal/unreadable': 'The disk that holds the journal reports an error.',
  'output/denied': 'A log, an export or a picture cannot be written there.',
  'output/disk-full': 'No room is left for a log, an export or a picture.',
  'output/exists': 'The file of an export or a picture is there already, and none is overwritten.',
  'output/no-folder': 'The folder of a log, an export or a picture is not there.',
  'picture/no-rasteriser': 'PNG pictures need optional packages that are not installed; SVG pictures do not.',
  'picture/no-sound': 'The file holds no sound that could be drawn.',
  'plan/missing': 'Nothing of such a plan is done.',
  'plan/not-a-plan': 'The file is not a plan; the message says why.',
  'plan/too-new': 'A newer Reprise made the plan.',
  'plan/unsound': 'An item of the plan is malformed, or contradicts itself or another. Nothing was done.',
  'playlist/too-large': 'A playlist is larger than 16 MiB or names more than 200,000 files, so it was not read.',
  'playlist/unspeakable':
    'A playlist cannot name a file by its new name in the encoding that it has, so it stays as it is.',
  'run/cancelled': 'The run was interrupted. The same command goes on where it stopped.',
  'scan/in-trash': 'The folder to be scanned lies in the trash, which is never scanned.',
  'scan/no-roots': 'There is no music folder: none was named and none is set.',
  'scan/root-empty': 'A root that held music is empty. That may be a disk that is not mounted, so nothing was changed.',
  'scan/volume-away': 'A volume below a root is not mounted; what it held is remembered.',
  'sweep/in-trash': 'A folder of the sweep lies in the trash, which is never swept.',
  'sweep/overlap': 'Folders of a sweep overlap, so that a file could count as its own duplicate. Nothing was done.',
  'sweep/reference-empty': 'A reference holds no files; its disk may not be connected. Nothing was done.',
  'tags/unreadable': 'The tags of the file cannot be read.',
  'trash/last-copy': 'The copy that was kept for a file in the trash is gone, so the file stays there.',
  'trash/changed': 'What lies in the trash is not what was put there, so it stays.',
  'trash/missing': 'Nothing in the trash came from there.',
  'undo/gone': 'What was to be taken back is not there: its disk may be away.',
  'undo/only-copy': 'A copy was to be taken back whose original is not there as it was, so the copy stays.',
  'undo/changed': 'What was done cannot be taken back, because somebody has worked on the file since.',
  'undo/emptied': 'What was done cannot be taken back, because the former file was emptied from the trash.',
  'undo/missing': 'The journal has no such entry.',
  'undo/not-done': 'The entry was not done, or taken back already.',
  'undo/nothing': 'There is nothing to take back.',
  'undo/taken': 'What was done cannot be taken back, because another file has the name now.',
  'usage/bad-value': 'An option or argument has a value that it cannot have.',
  'usage/contradiction': 'Options or arguments exclude each other.',
  'usage/missing-value': 'An option needs a value.',
  'usage/needs-yes': 'The command deletes for good and nobody is there to be asked. Add --yes.',
  'usage/no-command': 'No command was given.',
  'usage/too-few': 'The command needs more arguments.',
  'usage/too-many': 'The command takes fewer arguments.',
  'usage/unexpected-value': 'The option takes no value.',
  'usage/unknown-action': 'The command has no such action.',
  'usage/unknown-command': 'There is no such command.',
  'usage/unknown-option': 'The command has no such option.',
  'workers/not-started': 'The processes that decode could not be started.',
};

const AREAS = new Set(Object.keys(ERROR_CODES).map((code) => code.split('/')[0]));

/** Areas whose codes the source makes of what a database is for. */
const PURPOSES = ['catalogue', 'journal'];

/** The codes in a source text: quoted, in an area that the list has, or the first argument of an AppError. */
export function codesIn(source: string): string[] {
  const quoted = [...source.matchAll(/'([a-z]+\/[a-z]+(?:-[a-z0-9]+)*)'/g)].map((match) => match[1] ?? '');
  const thrown = [...source.matchAll(/new AppError\(\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  const ofPurposes = [...source.matchAll(/`\$\{purpose\}\/([a-z-]+)`/g)].flatMap(([, what]) =>
    PURPOSES.map((purpose) => `${purpose}/${what}`),
  );
  return [...quoted.filter((code) => AREAS.has(code.split('/')[0])), ...thrown, ...ofPurposes];
}

export function errorsPage(): string {
  return [
    '# Error codes',
    '',
    '<!-- Made by "npm run docs" from tools/error-codes.mts. Change that. -->',
    '',
    'A code is permanent. It stands in `failures` of JSON documents and in the log; the message beside it names the file',
    'or setting concerned. What the process ends with is in [the command line](cli.md#exit-codes).',
    '',
    '| Code | Means |',
    '|---|---|',
    ...Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ].join('\n');
}
