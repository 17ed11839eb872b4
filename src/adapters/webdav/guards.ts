/**
 * What a request passes before the library hears of it: who asks, and whether it is one that the library can be trusted with.
 * Without a password only this machine is listened to, and only under names that are its own: else a page that a person has
 * open could lead its own name here, and read everything.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refused {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Of a body that is XML. Chosen: what clients send takes some hundred bytes. */
const MOST_XML_BYTES = 64 << 10;
/** Lists of conditions in brackets, each with a resource before it or none. The library would take forever over others. */
const CONDITIONS = /^\s*(?:<[^<>]*>\s*|\((?:[^()"]|"[^"]*")*\)\s*)+$/;
const ASK_PASSWORD = { 'WWW-Authenticate': 'Basic realm="Reprise", charset="UTF-8"' };

/** @returns undefined where it may go on; then its headers say nothing any more that the library gets wrong */
export function refusal(request: IncomingMessage, password: string | undefined): Refused | undefined {
  const { headers, method = '' } = request;
  if (!URL.canParse(`http://${headers.host}`)) return refused(400, 'Say whom you ask.');
  if (password === undefined && !isLocalName(headers.host)) return refused(403, 'This server is not called that.');
  if (isOtherSite(request)) return refused(403, 'Pages of other sites may ask nothing here.');
  if (password !== undefined && !hasPassword(headers.authorization, password))
    return { status: 401, message: 'This takes the password of the server.', headers: ASK_PASSWORD };
  if (!isReadable(request.url ?? '')) return refused(400, 'That is no path of names.');
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return refused(415, 'Send it as it is.');
  if (method === 'PUT' && headers['content-range'] !== undefined) return refused(400, 'Send the file as a whole.');
  if (method !== 'PUT' && headers['transfer-encoding'] !== undefined) return refused(411, 'Say how long it is.');
  if (method !== 'PUT' && Number(headers['content-length'] ?? 0) > MOST_XML_BYTES)
    return refused(413, 'It is too long.');
  if (headers['if'] !== undefined && !CONDITIONS.test(String(headers['if']))) return refused(400, 'If is malformed.');
  tame(request);
  return undefined;
}

function refused(status: number, message: string): Refused {
  return { status, message };
}

function tame(request: IncomingMessage): void {
  const { headers } = request;
  // Two slashes at the beginning would make a host of what follows.
  request.url = `/${(request.url ?? '').replace(/^[/*]+/, '')}`;
  // What is answered is always the same; the library would rather refuse.
  delete headers.accept;
  delete headers['accept-encoding'];
  // Several ranges in one answer the library writes in a form that nobody can read; all of the file is right, too.
  if (headers.range?.includes(',')) delete headers.range;
  if (!/^https?$/.test(String(headers['x-forwarded-proto']))) delete headers['x-forwarded-proto'];
}

/** @param host with a port or without */
function isLocalName(host = ''): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  return name === 'localhost' || isLoopback(name.replace(/^\[(.*)\]$/, '$1'));
}

/** Does only this machine get there? */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}

/** As browsers tell it. What a page merely shows of another site it cannot read. */
function isOtherSite({ headers, method = '' }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD') return false;
  const { origin } = headers;
  const site = headers['sec-fetch-site'] ?? 'none';
  const isForeign = origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== headers.host);
  return isForeign || (site !== 'none' && site !== 'same-origin');
}

/** Whatever the user is called. By hashes, so that no answer's time tells how near one came. */
function hasPassword(authorization = '', password: string): boolean {
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() !== 'basic') return false;
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  return timingSafeEqual(digest(text.slice(text.indexOf(':') + 1)), digest(password));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function isReadable(url: string): boolean {
  if ((!url.startsWith('/') && url !== '*') || url.includes('#')) return false;
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return true;
  } catch {
    return false;
  }
}
