/** The OpenAPI document: made from the routes themselves, so it cannot say anything else than they do. */
import type { Routes } from './house.ts';

export function describeRoutes(app: Routes, version: string): object {
  register(app);
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Reprise',
      version,
      license: { name: 'MIT' },
      description:
        'The live import gate: judge a file when it arrives. Every document starts with "v": 1; keys may be added, and ' +
        'what they mean does not change. `null` means not known. Paths are absolute; one that is no UTF-8 is lossy under ' +
        'its own key and has its bytes in base64 beside it. Times are ISO 8601 in UTC. Trouble is a Problem. No field ' +
        'holds an address for the server to fetch.',
    },
  });
}

/** Ways to show a token, with each route's scope in its `security`. */
function register({ openAPIRegistry: registry }: Routes): void {
  if (registry.definitions.some((entry) => entry.type === 'component')) return;
  registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  registry.registerComponent('securitySchemes', 'apiKey', { type: 'apiKey', in: 'header', name: 'X-Api-Key' });
  registry.registerComponent('securitySchemes', 'basic', {
    type: 'http',
    scheme: 'basic',
    description: 'The token as the password, with any user name.',
  });
}
