import { aPrediction, aRequest, deliver } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
import { classify, PermanentError } from '../base/errors.ts';
import { KeyRing } from '../base/key-ring.ts';
import { readTraceparent } from '../base/trace.ts';
import { batchesIn, joinBatches, separateBatches, whatAllShare } from '../contract/joined-batches.ts';
import { topics } from '../contract/topics.ts';
import { plainTracer } from '../telemetry/open-tracer.ts';
import { defineFunction } from './definition.ts';
import { forEachBatch } from './each-batch.ts';
import { Outbox } from './outbox.ts';

const start = { name: 'test', kind: 'server', attributes: {} } as const;
const group = 'aaaaaaaa-0000-4000-8000-000000000000';

interface Sent {
  readonly topic: string;
  readonly content: {
    readonly batch_id: string;
    readonly batches?: readonly { readonly batch_id: string; readonly notes: number }[];
  };
  readonly attributes: Readonly<Record<string, string>>;
}

function openOutbox({ joinsBatches = true, pause = async () => {} } = {}) {
  const sent: Sent[] = [];
  const send = async (topic: string, data: Buffer, attributes: Readonly<Record<string, string>>) => {
    await pause();
    sent.push({ topic, content: JSON.parse(data.toString()), attributes });
    return String(sent.length);
  };
  const publisher = async () => ({ send, close: async () => {} });
  const outbox = new Outbox('test', {
    dataSet: banknotes,
    publisher,
    topicOverride: undefined,
    joinsBatches,
    messageKeys: new KeyRing(undefined),
  });
  const publish = (message: unknown, topic: { readonly name: string } = topics.prediction) => {
    const span = plainTracer.start(start, undefined);
    const id: string = Reflect.get(Object(message), 'batch_id');
    return outbox.for({ span, correlate: () => ({ id, since: new Date(1) }) })(topic, message);
  };
  return { sent, publish };
}

const idsOf = ({ content }: Sent) => batchesIn({ subjects: [], ...content }).map(({ batch_id }) => batch_id);

it('leaves a batch that is alone as it is', async () => {
  const { sent, publish } = openOutbox();
  const prediction = aPrediction();
  await publish(prediction);
  expect(sent).toMatchObject([{ topic: 'prediction', attributes: { correlation_id: prediction.batch_id } }]);
  expect(sent[0]?.content).toEqual(prediction);
});

it('sends batches of one moment in one message, under an id of its own, each with the request that it came with', async () => {
  const { sent, publish } = openOutbox();
  const predictions = [aPrediction(), aPrediction(), aPrediction()];
  await Promise.all(predictions.map(one => publish(one)));
  const [one, ...others] = sent;
  expect(others).toEqual([]);
  expect(one && idsOf(one)).toEqual(predictions.map(({ batch_id }) => batch_id));
  expect(predictions.map(({ batch_id }) => batch_id)).not.toContain(one?.content.batch_id);
  expect(one?.attributes.correlation_id).toBe(one?.content.batch_id);
  for (const batch of one?.content.batches ?? []) {
    expect(readTraceparent(Reflect.get(batch, 'traceparent'))).toBeDefined();
  }
});

it('keeps apart what was answered by different models, and what may not be joined', async () => {
  const { sent, publish } = openOutbox();
  await Promise.all([
    publish(aPrediction({ model_file_name: 'a.json' })),
    publish(aPrediction({ model_file_name: 'b.json' })),
    publish(aPrediction({ model_file_name: 'a.json' })),
    publish(aRequest(), topics.feedback),
  ]);
  expect(sent.map(one => idsOf(one).length).toSorted()).toEqual([1, 1, 2]);
  const alone = openOutbox({ joinsBatches: false });
  await Promise.all([alone.publish(aPrediction()), alone.publish(aPrediction())]);
  expect(alone.sent.map(idsOf)).toHaveLength(2);
});

it('loses nothing and mixes nothing up, whatever is joined, also what was joined before', () => {
  const batch = fc.record({
    id: fc.uuid(),
    rows: fc.array(fc.tuple(fc.string(), fc.nat()), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(batch, { minLength: 1, maxLength: 6 }), fc.nat(5), (batches, split) => {
      const messages = batches.map(({ id, rows }) => ({
        batch_id: id,
        subjects: rows.map(([name]) => name),
        input: rows.map(([, value]) => [value]),
        model_file_name: 'm',
      }));
      const part = (message: (typeof messages)[number]) => ({ message, traceparent: 't' });
      const before = messages.slice(0, split);
      const after = messages.slice(split).map(part);
      const first =
        before.length > 0 ? [{ message: joinBatches(group, before.map(part)), traceparent: 'x' }] : [];
      const joined = joinBatches(group, [...first, ...after]);
      expect(separateBatches(joined)).toEqual(messages);
      expect(joined.batches?.every(({ traceparent }) => traceparent === 't')).toBe(true);
      expect(new Set(messages.map(whatAllShare)).size).toBe(1);
    }),
  );
});

const storing = defineFunction({
  name: 'storing',
  summary: 'Refuses what is called bad.',
  on: topics.prediction,
  publishes: [],
  async handle(message, { refuse }) {
    await forEachBatch(message, refuse, async ({ subjects }) => {
      if (subjects.includes('bad')) throw new PermanentError('It is bad.');
    });
    return {};
  },
});

it('refuses one batch of a message, and none of its neighbours', async () => {
  const bad = aPrediction({ subjects: ['bad', 'b'] });
  const parts = [aPrediction(), bad, aPrediction()].map(message => ({ message, traceparent: 't' }));
  const joined = joinBatches(group, parts);
  const { outcome, deadLetters } = await deliver(storing, {}, joined);
  expect(outcome).toBe('done');
  expect(deadLetters.map(({ content }) => Reflect.get(Object(content), 'batch_id'))).toEqual([bad.batch_id]);
});

it('refuses a message whose batches do not add up', async () => {
  const prediction = aPrediction();
  const { outcome, deadLetters } = await deliver(
    storing,
    {},
    { ...prediction, batches: [{ batch_id: group, notes: 99 }] },
  );
  expect(outcome).toBe('permanent');
  expect(deadLetters).toMatchObject([{ attributes: { dead_letter_field: 'batches' } }]);
});

it('turns away what it could not publish in time, at once, and publishes all that it took', async () => {
  const gate = Promise.withResolvers<void>();
  const { sent, publish } = openOutbox({ pause: () => gate.promise });
  const predictions = Array.from({ length: 600 }, () => aPrediction());
  const outcomes = predictions.map(one =>
    publish(one).then(
      () => 'published',
      (error: unknown) => classify(error),
    ),
  );
  // Nothing is published yet: those that are turned away learn it all the same.
  const turnedAway = outcomes.slice(512);
  expect(await Promise.all(turnedAway)).toEqual(turnedAway.map(() => 'transient'));
  expect(sent).toEqual([]);
  gate.resolve();
  const taken = predictions.slice(0, 512);
  expect(await Promise.all(outcomes.slice(0, 512))).toEqual(taken.map(() => 'published'));
  expect(sent.flatMap(idsOf)).toEqual(taken.map(({ batch_id }) => batch_id));
  // And takes again what comes then.
  await publish(aPrediction());
});
