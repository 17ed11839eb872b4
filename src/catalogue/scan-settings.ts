/** What a scan looks at, and how. */
import { AUDIO_EXTENSIONS, type FilterSettings } from '#audio';

export interface ScanSettings extends FilterSettings {
  /** A folder with a file of one of these names is left out, with all below it. */
  readonly ignoreFiles: readonly string[];
  /** How many files of one spinning disk are read at once. */
  readonly readsPerSpinningDisk: number;
}

export const DEFAULT_SCAN_SETTINGS: ScanSettings = {
  extensions: AUDIO_EXTENSIONS,
  include: [],
  exclude: [],
  ignoreFiles: [],
  readsPerSpinningDisk: 2,
};
