/**
 * `gate --stdio`: one JSON request a line in, one answer a line out, in their order, so that a program asks many things of
 * one process. A request is `{"id": …, "op": "check" | "import", "path": "…"}`; `id` is anything and comes back.
 */
import type { GateVerdict } from '#gate';
import { verdictDocument } from '#gate';
import { AppError, type BytePath, bytesOfBase64, pathFromBytes } from '#kernel';
import { type CommandContext, optionValues } from './context.ts';
import { jsonLineOf } from './documents.ts';
import { EXIT } from './exit-codes.ts';
import { pathsOf } from './operands.ts';

interface Request {
  readonly id: unknown;
  readonly op: 'check' | 'import';
  readonly path: BytePath;
  readonly inbox?: string;
  readonly source?: string;
}

/** Answers until the input ends. A request that cannot be read is answered with an error, like one that fails. */
export async function serveLines(context: CommandContext): Promise<number> {
  const { surroundings, run } = context;
  for await (const line of surroundings.readLines()) {
    if (run.signal.aborted) break;
    if (line.trim() === '') continue;
    surroundings.stdout.write(jsonLineOf({ v: 1, ...(await answer(context, line)) }));
  }
  return EXIT.done;
}

async function answer(context: CommandContext, line: string): Promise<object> {
  let id: unknown = null;
  try {
    const request = readRequest(context, line);
    id = request.id;
    return { id, ...verdictDocument(await verdictOn(context, request)) };
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'cancelled') throw error;
    return { id: id ?? idOf(line), error: { code: error.code, message: error.message } };
  }
}

async function verdictOn(context: CommandContext, { op, path, inbox, source }: Request): Promise<GateVerdict> {
  const app = await context.openApp();
  const { signal } = context.run;
  const [usual] = optionValues(context, 'inbox');
  const policy = inbox ?? usual;
  const options = { signal, ...(policy !== undefined && { inbox: policy }) };
  if (op === 'check') return app.gateCheck(path, options);
  const file = { path, ...(source !== undefined && { source }) };
  const request = {
    files: [file],
    lane: 'live',
    askedBy: 'stdio',
    ...(policy !== undefined && { inbox: policy }),
  } as const;
  for await (const { verdict, error } of app.gateImport(request, { signal })) {
    if (verdict !== null) return verdict;
    if (error !== null) throw new AppError(error.code, error.message, { kind: 'conflict' });
  }
  throw badRequest('The path names a folder without files.');
}

function readRequest(context: CommandContext, line: string): Request {
  const { id = null, op = 'check', path, pathBase64, inbox, source } = asObject(line);
  if (op !== 'check' && op !== 'import') throw badRequest('"op" must be "check" or "import".');
  if (inbox !== undefined && typeof inbox !== 'string') throw badRequest('"inbox" must be a name.');
  if (source !== undefined && typeof source !== 'string') throw badRequest('"source" must be a text.');
  const named = pathBase64 === undefined ? path : nameOfBase64(pathBase64);
  if (typeof named !== 'string' || named === '' || named.includes('\0')) {
    throw badRequest('"path" must be the path of a file.');
  }
  const [absolute = named as BytePath] = pathsOf(context, [named]);
  return { id, op, path: absolute, ...(inbox !== undefined && { inbox }), ...(source !== undefined && { source }) };
}

function nameOfBase64(text: unknown): BytePath {
  try {
    if (typeof text === 'string') return pathFromBytes(bytesOfBase64(text));
  } catch {
    // Said below, like anything else that it might be.
  }
  throw badRequest('"pathBase64" must be the bytes of a path in base64.');
}

function asObject(line: string): Readonly<Record<string, unknown>> {
  const value = parsed(line);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest('A request is a JSON object on a line of its own.');
}

function idOf(line: string): unknown {
  const value = parsed(line);
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Said by whoever needs an object.
    return undefined;
  }
}

function badRequest(message: string): AppError {
  return new AppError('gate/bad-request', message, {
    kind: 'usage',
    hint: 'Write one JSON object a line: {"id": 1, "op": "check", "path": "/music/new/song.flac"}',
  });
}
