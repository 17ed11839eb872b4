import type { Settings } from '#config';
import { AppError, type BytePath, isDisplayable, joinPath } from '#kernel';
import { ensureFolder } from '../adapters/machine/index.ts';

/** Makes the data folder where it is not there. @throws AppError `config/bad-value`, `files/…` */
export function ensureDataFolder({ data }: Pick<Settings, 'data'>): void {
  if (!isDisplayable(data)) throw unspeakable();
  ensureFolder(data);
}

export function catalogueFile({ data }: Pick<Settings, 'data'>): BytePath {
  return joinPath(data, 'catalogue.sqlite' as BytePath);
}

function unspeakable(): AppError {
  return new AppError('config/bad-value', 'The data folder has a name that is not UTF-8.', {
    kind: 'usage',
    hint: 'Name another data folder with --data.',
  });
}
