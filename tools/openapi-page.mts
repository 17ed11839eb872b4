/** docs/reference/openapi.json: what the daemon says of itself. */
import { createHttpApp, type HttpParts, USUAL_LIMITS } from '../src/http/index.ts';
import { VERSION } from '../src/main/version.ts';

/** File name in docs/reference → whole text. */
export function openApiFiles(): ReadonlyMap<string, string> {
  // Nobody asks it anything but this, so it needs none of what answers are made from.
  const parts = { version: VERSION, limits: USUAL_LIMITS } as unknown as HttpParts;
  return new Map([['openapi.json', `${JSON.stringify(createHttpApp(parts).describe(), null, 2)}\n`]]);
}
