import { type Spread, spreadOf } from '../measure.ts';
import type { Part } from '../part.ts';
import type { Goal, ReportTable } from '../report.ts';
import { drawItems, type LoadResult, load, type Scenario } from '../stress/load.ts';
import { startOwn } from './own.ts';
import { startPeers } from './peers.ts';

interface Contestant {
  readonly name: string;
  readonly url: string;
  readonly scenario: Scenario;
  readonly connections: number;
}

interface Measured extends Contestant {
  readonly perSecond: Spread;
  readonly p50: Spread;
  readonly p99: Spread;
}

const ours = 'this loop';
const bare = 'this loop without telemetry';
/** No line is written and no span recorded. */
const withoutTelemetry = { LOG_LEVEL: 'error', OTEL_TRACES_SAMPLER_ARG: '0' };
const widths = [1, 16, 64];

/** Requests a second and how long they take, beside what others would serve a model with, in turns. */
export const serving: Part = {
  name: 'serving',
  summary: 'Requests at the front door, beside FastAPI and aiohttp, in turns',
  async measure({ quick, rounds }) {
    const peers = await startPeers(line => console.error(line));
    const own = await startOwn({ [ours]: {}, [bare]: withoutTelemetry });
    const everybody = [...own, ...peers];
    const seconds = quick ? 1 : 3;
    try {
      const url = own[0]?.url ?? '';
      const items = await drawItems({ url });
      const predicting = widths.flatMap(connections =>
        everybody.map(one => ({ ...one, scenario: 'predict' as const, connections })),
      );
      const others = (['notes', 'batches', 'healthz'] as const).map(scenario => ({
        name: ours,
        url,
        scenario,
        connections: 16,
      }));
      const measured = await inTurns([...predicting, ...others], rounds, one =>
        load({ ...one, seconds }, items),
      );
      return { tables: [tableOf(measured)], targets: targetsOf(measured, peers[0]?.name) };
    } finally {
      await Promise.all(everybody.map(one => one.end()));
    }
  },
};

/** Whatever else the machine does befalls all alike; a first round warms up and does not count. */
async function inTurns(
  contestants: readonly Contestant[],
  rounds: number,
  run: (contestant: Contestant) => Promise<LoadResult>,
): Promise<readonly Measured[]> {
  const results = contestants.map((): LoadResult[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [i, contestant] of contestants.entries()) {
      const result = await run(contestant);
      if (round > 0) results[i]?.push(result);
    }
  }
  return contestants.map((contestant, i) => {
    const found = results[i] ?? [];
    return {
      ...contestant,
      perSecond: spreadOf(found.map(({ perSecond }) => perSecond)),
      p50: spreadOf(found.map(({ latency }) => latency.p50)),
      p99: spreadOf(found.map(({ latency }) => latency.p99)),
    };
  });
}

function tableOf(measured: readonly Measured[]): ReportTable {
  return {
    title: 'Requests',
    columns: ['what', 'who', 'connections', 'requests/s', 'p50 ms', 'p99 ms'],
    rows: measured.map(({ scenario, name, connections, perSecond, p50, p99 }) => [
      scenario,
      name,
      connections,
      perSecond,
      p50,
      p99,
    ]),
  };
}

function targetsOf(measured: readonly Measured[], peer: string | undefined): readonly Goal[] {
  const find = (name: string | undefined, scenario: Scenario, connections: number) =>
    measured.find(one => one.name === name && one.scenario === scenario && one.connections === connections);
  const of = (spread: Spread | undefined): number => spread?.median ?? Number.NaN;
  const predict = (connections: number) => find(ours, 'predict', connections);
  const against = (other: string | undefined, connections: number): number =>
    of(predict(connections)?.perSecond) / of(find(other, 'predict', connections)?.perSecond);
  const besidePeer = [16, 64].map(connections => ({
    what: `predict, ${connections} connections: times what ${peer} answers`,
    measured: against(peer, connections),
    atLeast: 1,
  }));
  return [
    ...(peer === undefined ? [] : besidePeer),
    {
      what: 'predict, 16 connections: share of what it answers without telemetry',
      measured: against(bare, 16),
      atLeast: 0.9,
    },
    { what: 'predict, 16 connections: p99 in ms', measured: of(predict(16)?.p99), atMost: 20 },
    { what: 'predict, 1 connection: p50 in ms', measured: of(predict(1)?.p50), atMost: 2 },
    {
      what: 'batches: requests a second',
      measured: of(find(ours, 'batches', 16)?.perSecond),
      atLeast: 5_000,
    },
    {
      what: 'healthz: requests a second',
      measured: of(find(ours, 'healthz', 16)?.perSecond),
      atLeast: 6_000,
    },
    { what: 'notes: requests a second', measured: of(find(ours, 'notes', 16)?.perSecond), atLeast: 1_500 },
    { what: 'notes: p99 in ms', measured: of(find(ours, 'notes', 16)?.p99), atMost: 50 },
  ];
}
