import { z } from 'zod';
import type { Gauge } from '../telemetry/prometheus.ts';
import { formatGauge } from '../telemetry/prometheus.ts';
import { type Route, route } from './route.ts';

interface Parts {
  /** What has been measured of the requests so far, in the text format of Prometheus. */
  readonly requests: () => string;
  readonly ready: () => Promise<void>;
  readonly gauges: () => Promise<readonly Gauge[]>;
}

const metricsType = 'text/plain; version=0.0.4; charset=utf-8';
const state = z.object({ status: z.literal('ok') });
const ok = { status: 'ok' } as const;

const shareMs = 1_000;

/** Whoever asks within a second shares the answer: anybody may ask, and must not keep the database busy with it. */
function sharedForAWhile(ask: () => Promise<void>): () => Promise<void> {
  let answer: Promise<void> = Promise.resolve();
  let askAgainAt = 0;
  return () => {
    if (Date.now() >= askAgainAt) {
      askAgainAt = Date.now() + shareMs;
      answer = ask();
    }
    return answer;
  };
}

/** What every HTTP function answers to those who keep it running. */
export function commonRoutes({ requests, ready, gauges }: Parts): readonly Route[] {
  const askReady = sharedForAWhile(ready);
  return [
    route({
      method: 'GET',
      path: '/healthz',
      summary: 'Whether the process is alive; asks nobody else.',
      scope: 'open',
      answer: state,
      handle: async () => ({ body: ok }),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      summary: 'Whether requests would be answered now: the parts that they need can be reached.',
      scope: 'open',
      answer: state,
      async handle() {
        await askReady();
        return { body: ok };
      },
    }),
    route({
      method: 'GET',
      path: '/metrics',
      summary: 'Numbers for Prometheus.',
      scope: 'loop:read',
      answer: 'text/plain',
      async handle() {
        const text = [requests(), ...(await gauges()).map(formatGauge)].join('');
        return { headers: { 'content-type': metricsType }, content: text };
      },
    }),
  ];
}
