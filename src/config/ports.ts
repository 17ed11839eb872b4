/** Reads and makes settings files. Fulfilled by `adapters/settings`. */
export interface SettingsFiles {
  /** The whole text, or `undefined` where there is no such file. @throws AppError `config/unreadable` */
  read(path: string): Promise<string | undefined>;
  /** Makes the file and the folders above it. @throws AppError `config/exists`, `config/unwritable` */
  create(path: string, text: string): Promise<void>;
  /**
   * Puts `text` in the place of what {@link SettingsFiles.read} gave, whole or not at all; a symlink stays one.
   * @throws AppError `config/changed` where somebody wrote to it meanwhile, `config/unwritable`
   */
  replace(path: string, before: string, text: string): Promise<void>;
}
