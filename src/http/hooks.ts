/**
 * What other programs say of files that they have brought, read into paths. Their payloads grow with their versions, so
 * only what is needed is looked at, and an event that is about nothing here is no error.
 */
import { z } from '@hono/zod-openapi';

/** What a hook's payload asks for. */
export interface Brought {
  /** As they were written; none where the event is about something else. */
  readonly paths: readonly WrittenAs[];
  /** What the sender calls the event, where it may send one twice. */
  readonly eventId?: string;
}

/** A path and where in the payload it stands. */
export interface WrittenAs {
  readonly field: string;
  readonly path: string;
}

const file = z.looseObject({ path: z.string() });

/** @see https://github.com/Lidarr/Lidarr `NzbDrone.Core/Notifications/Webhook` */
export const lidarrShape: z.ZodType<LidarrPayload> = z
  .looseObject({
    eventType: z.string().openapi({ description: 'Test is answered; Download, Rename and Retag bring files.' }),
    trackFiles: z.array(file).nullish(),
    renamedTrackFiles: z.array(file).nullish(),
    trackFile: file.nullish(),
  })
  .openapi('LidarrEvent');

export interface LidarrPayload {
  readonly eventType: string;
  readonly trackFiles?: readonly { readonly path: string }[] | null | undefined;
  readonly renamedTrackFiles?: readonly { readonly path: string }[] | null | undefined;
  readonly trackFile?: { readonly path: string } | null | undefined;
}

/** Where a file has moved or was tagged anew it is looked at again; the gate knows a file that was renamed. */
export function lidarrBrings({ eventType, trackFiles, renamedTrackFiles, trackFile }: LidarrPayload): Brought {
  switch (eventType) {
    case 'Download':
      return { paths: listed('trackFiles', trackFiles) };
    case 'Rename':
      return { paths: listed('renamedTrackFiles', renamedTrackFiles) };
    case 'Retag':
      return { paths: one('trackFile.path', trackFile?.path) };
    default:
      return { paths: [] };
  }
}

function listed(name: string, files: readonly { readonly path: string }[] | null | undefined): readonly WrittenAs[] {
  return (files ?? []).map(({ path }, at) => ({ field: `${name}.${at}.path`, path }));
}

/** @see https://github.com/slskd/slskd/blob/master/docs/config.md#webhooks */
export const slskdShape: z.ZodType<SlskdPayload> = z
  .looseObject({
    type: z.string().openapi({ description: 'DownloadFileComplete and DownloadDirectoryComplete bring files.' }),
    id: z.string().max(200).nullish().openapi({ description: 'An event that comes twice is taken once.' }),
    localFilename: z.string().nullish(),
    localDirectoryName: z.string().nullish(),
  })
  .openapi('SlskdEvent');

export interface SlskdPayload {
  readonly type: string;
  readonly id?: string | null | undefined;
  readonly localFilename?: string | null | undefined;
  readonly localDirectoryName?: string | null | undefined;
}

export function slskdBrings({ type, id, localFilename, localDirectoryName }: SlskdPayload): Brought {
  switch (type) {
    case 'DownloadFileComplete':
      return brought(id, one('localFilename', localFilename));
    case 'DownloadDirectoryComplete':
      return brought(id, one('localDirectoryName', localDirectoryName));
    default:
      return { paths: [] };
  }
}

export const genericShape: z.ZodType<GenericPayload> = z
  .looseObject({
    path: z.string().nullish(),
    paths: z.array(z.string()).nullish(),
    id: z.string().max(200).nullish().openapi({ description: 'An event that comes twice is taken once.' }),
  })
  .openapi('GenericEvent', { description: 'One path or several, files or folders.' });

export interface GenericPayload {
  readonly path?: string | null | undefined;
  readonly paths?: readonly string[] | null | undefined;
  readonly id?: string | null | undefined;
}

export function genericBrings({ path, paths, id }: GenericPayload): Brought {
  const several = (paths ?? []).map((each, at) => ({ field: `paths.${at}`, path: each }));
  return brought(id, [...one('path', path), ...several]);
}

function one(field: string, path: string | null | undefined): readonly WrittenAs[] {
  return path == null ? [] : [{ field, path }];
}

function brought(id: string | null | undefined, paths: readonly WrittenAs[]): Brought {
  return id == null ? { paths } : { paths, eventId: id };
}
