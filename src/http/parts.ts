/** What the routes are made from. */
import type { Gate } from '#gate';
import type { BytePath, Clock } from '#kernel';
import type { HttpMetrics } from './metrics.ts';
import type { HttpLog, PathGuard, ReadyCheck, TokenReader } from './ports.ts';

export interface HttpParts {
  readonly gate: Gate;
  readonly tokens: TokenReader;
  /** The folders in which everything lies that a caller may name. */
  readonly roots: readonly BytePath[];
  readonly files: PathGuard;
  readonly clock: Clock;
  readonly log: HttpLog;
  /** See {@link createHttpMetrics}. */
  readonly metrics: HttpMetrics;
  /** Absent: no header says who somebody is. */
  readonly proxies?: TrustedProxies;
  /** Absent: the routes of flaczkownia-dedup are off. */
  readonly compat?: CompatRoutes;
  readonly limits: HttpLimits;
  /** Asked by `/readyz`. */
  readonly ready: () => Promise<readonly ReadyCheck[]>;
  readonly version: string;
}

/** Proxies that have made sure who somebody is. */
export interface TrustedProxies {
  /** Addresses and networks: `127.0.0.1`, `10.0.0.0/8`, `fd00::/8`. */
  readonly addresses: readonly string[];
  /** The header that carries the user's name. */
  readonly userHeader: string;
}

/** The two routes of flaczkownia-dedup, which ask for no token. */
export interface CompatRoutes {
  /** The inbox's name. */
  readonly inbox: string;
  /** Its folder, which `fname` is relative to. */
  readonly folder: BytePath;
  /** Addresses and networks that may call. */
  readonly allowFrom: readonly string[];
}

export interface HttpLimits {
  /** Of a request's body. */
  readonly bodyBytes: number;
  /** Files and folders in one request. */
  readonly files: number;
  /** The longest that `?wait=` waits. */
  readonly waitSeconds: number;
  /** Event streams at once. */
  readonly eventStreams: number;
  /** A comment is sent to whoever hears nothing for so long, so that nobody in between hangs up. */
  readonly heartbeatSeconds: number;
}

/** Chosen: a batch of 10,000 names fits, and a proxy's idle time-out is rarely under 30 s. */
export const USUAL_LIMITS: HttpLimits = {
  bodyBytes: 4 * 2 ** 20,
  files: 10_000,
  waitSeconds: 600,
  eventStreams: 64,
  heartbeatSeconds: 15,
};
