/** A store as a WebDAV server, by nephele; see docs/design/webdav.md. */
export type { Quota } from './properties.ts';
export { serveWebdav, type WebdavServer } from './serve-webdav.ts';
