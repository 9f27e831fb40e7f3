import autocannon from 'autocannon';
import { z } from 'zod';

// The load that `npm run stress` and the measurement of serving put on an address, by autocannon.

export const scenarios = ['predict', 'notes', 'batches', 'mixed', 'healthz'] as const;
export type Scenario = (typeof scenarios)[number];

export interface LoadOptions {
  readonly url: string;
  readonly scenario: Scenario;
  readonly connections: number;
  readonly seconds: number;
  readonly token?: string | undefined;
  /** Of somebody who has signed in on the page. */
  readonly cookie?: string | undefined;
  /** Told once a second how many answers came in it. */
  readonly onSecond?: (answers: number) => void;
}

/** In milliseconds, by the share of answers that took no longer. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly 'p99.9': number;
  readonly max: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly answersBySecond: readonly number[];
  readonly latency: Latency;
  /** How many answers had each status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Connections that broke, and answers that did not come. */
  readonly errors: number;
  /** Batches that were accepted or answered, by id. */
  readonly batchIds: readonly string[];
}

const samples = z.object({ samples: z.array(z.object({ features: z.array(z.unknown()) })) });
/** Others than this loop give no id. */
const accepted = z.object({ batch_id: z.string().optional() });

export function headersOf(token: string | undefined): Record<string, string> {
  return { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
}

/** Items of whatever data set is served there, to ask about. */
export async function drawItems({
  url,
  token,
}: Pick<LoadOptions, 'url' | 'token'>): Promise<readonly unknown[][]> {
  const response = await fetch(new URL('/samples?count=100', url), { headers: headersOf(token) });
  if (!response.ok) throw new Error(`${url} answers ${response.status} when it is asked for samples.`);
  return samples.parse(await response.json()).samples.map(({ features }) => features);
}

/** How the requests of a scenario follow one another on each connection. */
const mixes: Readonly<Record<Scenario, readonly ('predict' | 'notes' | 'batches' | 'healthz')[]>> = {
  predict: ['predict'],
  notes: ['notes'],
  batches: ['batches'],
  healthz: ['healthz'],
  mixed: ['predict', 'predict', 'notes', 'predict', 'batches', 'predict', 'notes', 'predict'],
};

/** Asks on so many connections as fast as answers come. */
export async function load(options: LoadOptions, items: readonly unknown[][]): Promise<LoadResult> {
  const { url, scenario, connections, seconds, token, cookie, onSecond } = options;
  const batchIds: string[] = [];
  const perSecond: number[] = [];
  let item = 0;
  const nextBody = (): string => {
    item += 1;
    return JSON.stringify({ subjects: [`stress-${item}`], features: [items[item % items.length]] });
  };
  const writing = (path: string): autocannon.Request => ({
    method: 'POST',
    path,
    setupRequest: request => ({ ...request, body: nextBody() }),
    onResponse(status, body) {
      const id = status < 300 ? accepted.parse(JSON.parse(body)).batch_id : undefined;
      if (id !== undefined) batchIds.push(id);
    },
  });
  const kinds: Readonly<Record<(typeof mixes)[Scenario][number], autocannon.Request>> = {
    predict: writing('/predict'),
    notes: writing('/notes'),
    batches: { method: 'GET', path: '/batches' },
    healthz: { method: 'GET', path: '/healthz' },
  };
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const wanted = {
      url,
      connections,
      duration: seconds,
      headers: { ...headersOf(token), ...(cookie && { cookie }) },
      requests: mixes[scenario].map(kind => kinds[kind]),
    };
    const running = autocannon(wanted, (error, found) => (error ? reject(error) : resolve(found)));
    running.on('tick', (...[tick]: readonly unknown[]) => {
      const answers = Number(Reflect.get(Object(tick), 'counter'));
      perSecond.push(answers);
      onSecond?.(answers);
    });
  });
  const { requests, latency, errors, timeouts, statusCodeStats = {} } = result;
  return {
    perSecond: requests.average,
    answersBySecond: perSecond,
    latency: {
      p50: latency.p50,
      p90: latency.p90,
      p99: latency.p99,
      'p99.9': latency.p99_9,
      max: latency.max,
    },
    statuses: Object.fromEntries(
      Object.entries(statusCodeStats).map(([code, { count }]) => [code, count ?? 0]),
    ),
    errors: errors + timeouts,
    batchIds,
  };
}
