/** Payloads as the programs send them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../../test/support/http.ts';

let house: House;
let one: string;
let two: string;

beforeEach(async () => {
  house = await openHouse();
  mkdirSync(join(house.root, 'album'));
  [one, two] = [join(house.root, 'album', '1.flac'), join(house.root, 'album', '2.flac')];
  for (const file of [one, two]) writeFileSync(file, '');
});
afterEach(() => house[Symbol.asyncDispose]());

async function hook(name: string, json: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await house.ask(`/api/v1/hooks/${name}`, { as: 'hooks', json });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}
const taken = (): readonly unknown[] => house.gate.imports.map(({ files }) => files.map(({ path }) => path));

describe('Lidarr', () => {
  const artist = { id: 1, name: 'Artist', path: '/elsewhere/Artist', mbId: 'x' };
  const file = (path: string): object => ({
    id: 7,
    path,
    quality: 'FLAC',
    qualityVersion: 1,
    size: 5,
    dateAdded: '2026-01-01T00:00:00Z',
  });

  it('is answered when it tests', async () => {
    const answer = await hook('lidarr', {
      ...{
        eventType: 'Test',
        instanceName: 'Lidarr',
        applicationUrl: 'http://127.0.0.1:1',
        artist,
        albums: [{ id: 123 }],
      },
    });
    expect(answer).toEqual({ status: 200, body: { v: 1, job: null, leftOut: [] } });
    expect(taken()).toEqual([]);
  });

  it('has its imports taken', async () => {
    const payload = {
      eventType: 'Download',
      artist,
      trackFiles: [file(one), file(two)],
      isUpgrade: false,
      trackFile: null,
    };
    const { status, body } = await hook('lidarr', payload);
    expect(status).toBe(202);
    expect(body).toMatchObject({ v: 1, job: { n: 1, askedBy: 'lidarr hooks' }, leftOut: [] });
    expect(taken()).toEqual([[one, two]]);
  });

  it('has files that were renamed or tagged anew looked at again', async () => {
    const renamed = { ...file(one), previousPath: '/old/1.flac', previousRelativePath: '1.flac' };
    expect((await hook('lidarr', { eventType: 'Rename', artist, renamedTrackFiles: [renamed] })).status).toBe(202);
    expect((await hook('lidarr', { eventType: 'Retag', artist, trackFile: file(two) })).status).toBe(202);
    expect(taken()).toEqual([[one], [two]]);
  });

  it.each([
    'Grab',
    'DownloadFailure',
    'ImportFailure',
    'ArtistDelete',
    'AlbumDelete',
    'Health',
    'ApplicationUpdate',
    'Later',
  ])('is told 200 of %s', async (eventType) => {
    expect((await hook('lidarr', { eventType, artist, trackFiles: [file(one)] })).status).toBe(200);
    expect(taken()).toEqual([]);
  });

  it('loses no album to one bad file', async () => {
    const trackFiles = [file('/elsewhere/0.flac'), file(one), file(join(house.root, 'gone.flac'))];
    const { status, body } = await hook('lidarr', { eventType: 'Download', trackFiles });
    expect(status).toBe(202);
    expect(body['leftOut']).toMatchObject([
      { path: '/elsewhere/0.flac', code: 'http/outside' },
      { path: join(house.root, 'gone.flac'), code: 'files/missing' },
    ]);
    expect(taken()).toEqual([[one]]);
  });

  it('is told why where no file is good', async () => {
    const answer = await hook('lidarr', { eventType: 'Download', trackFiles: [file('/elsewhere/0.flac')] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'http/outside' } });
  });

  it('is refused what has another form', async () => {
    expect((await hook('lidarr', {})).status).toBe(400);
    const { status, body } = await hook('lidarr', { eventType: 'Download', trackFiles: [{ id: 1 }] });
    expect({ status, message: body['message'] }).toMatchObject({
      status: 400,
      message: expect.stringContaining('trackFiles.0.path'),
    });
  });
});

describe('slskd', () => {
  const event = { version: 0, timestamp: '2026-01-01T00:00:00Z', id: '0f8fad5b-d9cb-469f-a165-70867728950e' };

  it('has files and folders taken', async () => {
    const file = {
      type: 'DownloadFileComplete',
      ...event,
      localFilename: one,
      remoteFilename: '@@x\\1.flac',
      transfer: { id: 1 },
    };
    const folder = {
      type: 'DownloadDirectoryComplete',
      ...event,
      id: 'other',
      localDirectoryName: join(house.root, 'album'),
    };
    expect((await hook('slskd', file)).status).toBe(202);
    expect((await hook('slskd', folder)).status).toBe(202);
    expect(taken()).toEqual([[one], [join(house.root, 'album')]]);
  });

  it('may say it twice', async () => {
    const file = { type: 'DownloadFileComplete', ...event, localFilename: one };
    const first = await hook('slskd', file);
    expect(await hook('slskd', file)).toEqual(first);
    expect(taken()).toEqual([[one]]);
  });

  it('is told 200 of everything else', async () => {
    for (const type of ['UploadFileComplete', 'PrivateMessageReceived', 'Noop']) {
      expect((await hook('slskd', { type, ...event, localFilename: one })).status).toBe(200);
    }
    expect(taken()).toEqual([]);
  });

  it('cannot be talked into another folder by strangers', async () => {
    for (const localFilename of ['/etc/passwd', `${house.root}/../outside/a`, '$(reboot)', `${one}\0`]) {
      const { status } = await hook('slskd', { type: 'DownloadFileComplete', ...event, localFilename });
      expect([400, 403]).toContain(status);
    }
    expect(taken()).toEqual([]);
  });
});

describe('any other program', () => {
  it('sends a path or several', async () => {
    expect((await hook('generic', { path: one })).status).toBe(202);
    expect((await hook('generic', { paths: [one, two], id: 'e1', more: { of: 'it' } })).status).toBe(202);
    expect((await hook('generic', { paths: [one, two], id: 'e1' })).status).toBe(202);
    expect((await hook('generic', {})).status).toBe(200);
    expect(taken()).toEqual([[one], [one, two]]);
  });

  it('is refused more files than one event may bring', async () => {
    const answer = await hook('generic', { paths: Array.from({ length: 10_001 }, () => one) });
    expect(answer).toMatchObject({ status: 400, body: { code: 'http/too-many' } });
  });
});
