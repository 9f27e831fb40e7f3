import type { Loop } from '@banknote-loop/local/loop';
import type { FeedbackMessage } from '@banknote-loop/shared';
import { aModel } from '@banknote-loop/testing';
import { withEmptyFunction } from '../empty-function.ts';
import { launchMeasured } from '../launch.ts';
import { percentile, timed } from '../measure.ts';
import { type Messages, messagesOf } from '../messages.ts';
import type { Effort, Part } from '../part.ts';
import type { Findings } from '../report.ts';
import { type LoopTraffic, openTraffic, soon } from '../traffic.ts';
import { sendNotes, withLoop } from '../with-loop.ts';

export const hop: Part = {
  name: 'hop',
  summary:
    'a message of one note from its publisher through the local Pub/Sub until a function has acknowledged it',

  takesAnyTable: true,

  measure: effort =>
    withEmptyFunction(empty =>
      withLoop({ dataSet: effort.found }, async loop => {
        const launched = await launchMeasured(empty);
        const traffic = openTraffic(loop);
        try {
          return await measureHops(loop, traffic, launched.port, effort);
        } finally {
          await traffic.close();
          await launched.end();
        }
      }),
    ),
};

interface Hop {
  readonly name: string;
  readonly latencies: readonly number[];
  readonly perSecond: number;
}

async function measureHops(
  loop: Loop,
  traffic: LoopTraffic,
  emptyPort: number,
  effort: Effort,
): Promise<Findings> {
  const messages = messagesOf(effort.found);
  const { request } = messages;
  const work = await workOf(loop, messages);
  const hops = [await measureHop(traffic, 'empty function', emptyPort, () => request(1), effort)];
  for (const [name, make] of work) {
    const port = loop.functions.get(name)?.port;
    if (port) hops.push(await measureHop(traffic, name, port, make, effort));
  }
  return {
    tables: [
      {
        title: 'One hop',
        columns: ['function', 'p50 ms', 'p99 ms', 'messages/s'],
        rows: hops.map(({ name, latencies, perSecond }) => [
          name,
          percentile(latencies, 0.5),
          percentile(latencies, 0.99),
          perSecond,
        ]),
      },
    ],
    targets: [],
  };
}

export async function measureHop(
  traffic: LoopTraffic,
  name: string,
  port: number,
  make: () => unknown,
  { quick }: Effort,
): Promise<Hop> {
  const topic = `bench-${name.replaceAll(' ', '-')}`;
  await traffic.connect(topic, port);
  const send = async (count: number): Promise<void> => {
    const wanted = traffic.acked(topic) + count;
    const messages = Array.from({ length: count }, make);
    await Promise.all(messages.map(message => traffic.publish(topic, message)));
    await soon(`${name} has acknowledged ${count} messages`, () => traffic.acked(topic) >= wanted);
  };
  await send(100);
  const latencies: number[] = [];
  for (let i = 0; i < (quick ? 50 : 300); i += 1) latencies.push(await timed(() => send(1)));
  const burst = quick ? 500 : 3_000;
  const burstMs = await timed(() => send(burst));
  return { name, latencies: latencies.toSorted((a, b) => a - b), perSecond: (burst / burstMs) * 1_000 };
}

/** What each function can be given again and again. A training takes no time when nothing is new. */
async function workOf(
  loop: Loop,
  { request, prediction }: Messages,
): Promise<ReadonlyMap<string, () => unknown>> {
  const { batch_id, subjects } = await sendNotes(loop, request(1));
  const feedback: FeedbackMessage = { batch_id, subjects, ratings: [1] };
  const model = aModel({ promoted: false, model_file_name: 'model-bench.json' });
  return new Map<string, () => unknown>([
    ['prediction', () => request(1)],
    ['prediction-to-cache', () => prediction(1)],
    ['prediction-to-db', () => prediction(1)],
    ['feedback-to-db', () => feedback],
    ['feedback-to-training', () => feedback],
    ['training-to-cache', () => model],
    ['training-to-db', () => model],
  ]);
}
