/** Asked and answered at once, and nothing changes: what the gate would say, and what is known already. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Gate, RemoteSound } from '#gate';
import { AppError, type BytePath, displayPath } from '#kernel';
import { documentOf, knownBody, verdictBody } from '../documents.ts';
import { given, type House, problems, type Routes, takes, whileAsked } from '../house.ts';
import { allowPath, readPath } from '../paths.ts';
import { inboxShape, knownShape, pathFieldsShape, verdictShape } from '../schemas.ts';

const text = z.string().max(1000).optional();
const number = z.union([z.string().max(100), z.number().int().min(0).max(1_000_000)]).optional();

const question = z
  .strictObject({
    ...pathFieldsShape,
    inbox: inboxShape,
    tags: z
      .strictObject({
        album: text,
        albumArtist: text,
        artist: text,
        disc: number.openapi({ description: 'As people write it: 1, "1/2".' }),
        track: number.openapi({ description: 'As people write it: 3, "3/12", "A1".' }),
        musicBrainzReleaseId: text,
        isrc: text,
      })
      .optional(),
    fingerprint: z.string().max(1_000_000).optional().openapi({ description: 'As fpcalc prints it.' }),
    durationSeconds: z.number().min(0).max(1_000_000).optional(),
  })
  .openapi('Question', {
    description: 'Either a path, or tags, fingerprint and durationSeconds of a sound that only the caller has.',
  });

const check = createRoute({
  method: 'post',
  path: '/api/v1/check',
  summary: 'What the gate would say of a file or of a sound. Changes nothing.',
  ...takes('check'),
  request: { body: { required: true, content: { 'application/json': { schema: question } } } },
  responses: {
    200: { description: 'The verdict.', content: { 'application/json': { schema: verdictShape } } },
    ...problems(400, 401, 403, 404, 409, 413, 415, 422, 503),
  },
});

const known = createRoute({
  method: 'get',
  path: '/api/v1/known',
  summary: 'Whether a recording or a foreign id is known, so that a downloader need not fetch it again.',
  ...takes('check'),
  request: {
    query: z.object({
      isrc: text,
      mbid: text.openapi({ description: 'A MusicBrainz recording or track id.' }),
      source: text.openapi({ description: 'Where it came from, as the import said.', example: 'tidal:12345' }),
    }),
  },
  responses: {
    200: {
      description: 'All that is known of it; may be nothing.',
      content: { 'application/json': { schema: knownShape } },
    },
    ...problems(400, 401, 403, 503),
  },
});

export function checkRoutes(app: Routes, house: House): void {
  const { gate } = house.parts;
  app.openapi(check, async (c) => {
    const { path, pathBase64, inbox, ...sound } = c.req.valid('json');
    using asked = whileAsked(c, house);
    const options = { signal: asked.signal, ...given({ inbox }) };
    if (path === undefined && pathBase64 === undefined) {
      const said = await checkSound(gate, soundOf(sound), options);
      return c.json(documentOf(verdictBody({ path: null, ...said })), 200);
    }
    if (Object.values(sound).some((value) => value !== undefined)) throw eitherOr();
    const file = await allowPath(readPath({ path, pathBase64 }, 'path'), 'file', house.parts);
    const verdict = await gate.check(file, options);
    // Somebody who writes in a root may have put a link there since: then nothing is said of where it leads.
    if (verdict.path !== file) throw changed(file);
    return c.json(documentOf(verdictBody(verdict)), 200);
  });
  app.openapi(known, async (c) => {
    const asked = given(c.req.valid('query'));
    if (Object.keys(asked).length === 0) throw badField('isrc', 'is missing', 'Ask for isrc, mbid or source.');
    const files = (await gate.known(asked)).map(knownBody);
    return c.json(documentOf({ files }), 200);
  });
}

interface WrittenSound {
  readonly tags?: z.infer<typeof question>['tags'];
  readonly fingerprint?: string | undefined;
  readonly durationSeconds?: number | undefined;
}

function soundOf({ tags, fingerprint, durationSeconds }: WrittenSound): RemoteSound {
  if (fingerprint === undefined) throw badField('path', 'is missing', 'Send a path, or a fingerprint with tags.');
  if (durationSeconds === undefined) throw badField('durationSeconds', 'is missing', 'Send how long the sound is.');
  return { tags: given(tags ?? {}), fingerprint, durationSeconds };
}

/** What is wrong with a fingerprint is wrong with the question. */
async function checkSound(gate: Gate, sound: RemoteSound, options: Parameters<Gate['checkRemote']>[1]) {
  try {
    return await gate.checkRemote(sound, options);
  } catch (error) {
    if (!(error instanceof AppError && error.code.startsWith('fingerprint/'))) throw error;
    throw badField('fingerprint', 'is not one', 'Send what "fpcalc FILE" prints behind FINGERPRINT=.');
  }
}

function changed(path: BytePath): AppError {
  const message = `${displayPath(path)} became something else while it was looked at.`;
  return new AppError('files/changed', message, { kind: 'conflict', hint: 'Ask again when it is whole.' });
}

function eitherOr(): AppError {
  return badField('fingerprint', 'stands beside a path', 'Send one of the two: the file is heard, not described.');
}

function badField(field: string, what: string, hint: string): AppError {
  return new AppError('http/bad-field', `${field} ${what}.`, { kind: 'usage', hint });
}
