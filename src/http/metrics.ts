/** Figures for Prometheus: what the gate decided, what waits, how long answers take, how the process is. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { GateFigures } from '#gate';

/** Where requests are counted, and what `/metrics` says. */
export interface HttpMetrics {
  /** @param route as it is declared, never as it was asked for */
  answered(method: string, route: string, status: number, seconds: number): void;
  /** In Prometheus' text form. */
  page(figures: GateFigures): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** One a process, for it counts. */
export function createHttpMetrics(): HttpMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const tell = gateMetrics(registry);
  const requests = new Histogram({
    name: 'reprise_http_request_seconds',
    help: 'How long requests took to be answered, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return {
    answered: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    async page(figures) {
      tell(figures);
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

function gateMetrics(registry: Registry): (figures: GateFigures) => void {
  const registers = [registry];
  const verdicts = new Counter({
    name: 'reprise_gate_verdicts_total',
    help: 'Files that the gate has judged, by its word.',
    labelNames: ['verdict'],
    registers,
  });
  const queue = new Gauge({
    name: 'reprise_gate_queue_files',
    help: 'Files in the queue, by what they wait for.',
    labelNames: ['state'],
    registers,
  });
  const oldest = new Gauge({
    name: 'reprise_gate_queue_oldest_seconds',
    help: 'For how long the oldest queued file has waited.',
    registers,
  });
  const undelivered = new Gauge({
    name: 'reprise_gate_deliveries_waiting',
    help: 'Events that webhooks have still to be told.',
    registers,
  });
  return (figures) => {
    verdicts.reset();
    for (const [verdict, files] of Object.entries(figures.verdicts)) verdicts.inc({ verdict }, files);
    for (const state of ['queued', 'leased', 'dead'] as const) queue.set({ state }, figures[state]);
    oldest.set(figures.oldestSeconds);
    undelivered.set(figures.undelivered);
  };
}
