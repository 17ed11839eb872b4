/** The daemon's contract: the gate over HTTP, with tokens, problems, events and figures. */
export { createHttpApp, type HttpApp } from './app.ts';
export { createHttpMetrics, type HttpMetrics } from './metrics.ts';
export { type CompatRoutes, type HttpLimits, type HttpParts, type TrustedProxies, USUAL_LIMITS } from './parts.ts';
export type * from './ports.ts';
export { type HttpServer, type ServeOptions, serveHttp } from './serve.ts';
