/**
 * What PROPFIND tells of a folder and of all that lies in it. The library would gather everything before it sends the first
 * byte, some 20 KB for each file; so it is asked about one page after the other, as if nothing else lay there.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type AuthResponse, type Method, PROPFIND } from 'nephele';
import type { StoredResource } from './resource.ts';

export type Request = Parameters<Method['getRequestUrl']>[0];

/** What the library puts around its answers about single resources. */
const HEAD = /^<\?xml[^>]*\?>\s*<multistatus(?:\s+[^\s=]+="[^"]*")*\s*>/;
const TAIL = /<\/multistatus>\s*$/;

export async function listFolder(
  asked: Method,
  request: Request,
  response: AuthResponse,
  folder: StoredResource,
): Promise<void> {
  const body = await asked.getBodyXML(request, response);
  const pieces = tell();
  // What goes wrong before there is an answer can still be said.
  const first = await pieces.next();
  response.status(207).type('application/xml');
  await pipeline(Readable.from(following(first.value ?? '', pieces)), response);

  async function* tell(): AsyncGenerator<string> {
    let isFirst = true;
    for (const page of folder.pages()) {
      if (page.length === 0 && !isFirst) continue;
      const text = await tellPage(page, isFirst);
      yield isFirst ? text.replace(TAIL, '') : text.replace(HEAD, '').replace(TAIL, '');
      isFirst = false;
    }
    yield '</multistatus>\n';
  }

  async function tellPage(page: readonly StoredResource[], withFolder: boolean): Promise<string> {
    const library = new PROPFIND(asked.opts);
    const render = library.renderXml.bind(library);
    let text = '';
    library.getBodyXML = async () => body;
    library.renderXml = (xml, prefixes) => {
      if (!withFolder) xml.multistatus.response.shift();
      return render(xml, prefixes);
    };
    library.sendBodyContent = async (_response, content) => {
      text = content;
    };
    await library.run(request, seenBy(page));
    return text;
  }

  /** The response as the library needs it to ask: nothing is sent by it. */
  function seenBy(page: readonly StoredResource[]): AuthResponse {
    const { adapter, ...locals } = response.locals;
    const shown = { ...folder, getInternalMembers: async () => [...page] };
    const target = asked.getRequestUrl(request).pathname;
    const only = {
      ...adapter,
      getResource: (url: URL, baseUrl: URL) =>
        url.pathname === target ? Promise.resolve(shown) : adapter.getResource(url, baseUrl),
    };
    const silent = { locals: { ...locals, plugins: [], adapter: only }, set: () => silent, status: () => silent };
    return silent;
  }
}

async function* following(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first;
  yield* rest;
}
