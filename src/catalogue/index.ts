/** The library: what we have, where it lies, what it sounds like. */

export { type AnalyseParts, analyseFile, hashContent, producerOf } from './analyse.ts';
export { type ComparedFile, type CompareOptions, type Comparison, comparedPrints, compareFiles } from './compare.ts';
export { readComparisons } from './comparisons.ts';
export type { ForeignProfile } from './imports/cometa-profiles.ts';
export { type ImportOptions, type ImportParts, importFiles } from './imports/import-files.ts';
export type * from './imports/ports.ts';
export type * from './imports/records.ts';
export type { ForeignFile, ForeignReport, FoundProfile, ImportTrouble } from './imports/report.ts';
export { learnChance } from './learn-chance.ts';
export { type FoundSound, type LookUp, openLookUp } from './look-up.ts';
export { type MatchFailure, type MatchOptions, type MatchParts, type MatchReport, match } from './match.ts';
export * from './model.ts';
export { type PairPortrait, type PortrayedSound, portrayFile, portrayPair } from './portray.ts';
export type * from './ports.ts';
export { type ScanOptions, type ScanParts, scan } from './scan.ts';
export type { FileNews, ScanFailure, ScannedFile, ScanReport, ScanSkip } from './scan-report.ts';
export { DEFAULT_SCAN_SETTINGS, type ScanSettings } from './scan-settings.ts';
export type { SearchParts } from './search.ts';
export type * from './search-ports.ts';
export { ANSWER_COLUMNS, LINE_COLUMNS } from './search-ports.ts';
export { worthComparing } from './worth-comparing.ts';
