import { uuidFromName } from '@banknote-loop/shared/base';
import { classNames } from '@banknote-loop/shared/contract';
import { type DataSet, exampleRow, perDataSet } from '@banknote-loop/shared/data-set';
import type { AnyFunction } from '@banknote-loop/shared/http';
import type { Random } from '@banknote-loop/shared/learning';
import { awkwardValue, hostileBody, hostileBytes, type Json, pick, spoil } from './hostile.ts';

export interface HostileRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const batch_id = uuidFromName('a batch of the fuzzer');
const subjects = ['a', 'b'];
const ratings = { subjects, ratings: [1, 0], reviewer: 'somebody' };
const feedback = { batch_id, ...ratings };

const model = {
  job_id: batch_id,
  model_file_name: 'model-of-the-fuzzer.json',
  records: 10,
  accuracy: 0.5,
  report: {},
  data_prep_time: 0,
  training_time: 0,
  testing_time: 0,
  // A model that is sound in form must not become the live one, since no such file exists.
  promoted: false,
};

/** A sound message for each topic, as a beginning. */
export const soundMessages = perDataSet((dataSet): Readonly<Record<string, Json>> => {
  const features = [[...exampleRow(dataSet)], [...exampleRow(dataSet)]];
  const classes = classNames(dataSet);
  const [first = '', second = ''] = classes;
  const shares = classes.map((_, i) => (i === 0 ? 1 : 0));
  const said: Readonly<Record<string, Json>> =
    classes.length === 2 ? { scores: [0.9, 0.1] } : { probabilities: [shares, shares] };
  return {
    request: { batch_id, subjects, features },
    prediction: { batch_id, subjects, input: features, output: [first, second], ...said },
    feedback,
    training: feedback,
    job: feedback,
    model,
  };
});

/** A message as Pub/Sub delivers it. */
export function pushOf(data: Buffer): HostileRequest {
  const message = { data: data.toString('base64'), messageId: '1', publishTime: new Date().toISOString() };
  const body = Buffer.from(JSON.stringify({ message }));
  return { method: 'POST', path: '/', headers: { 'content-type': 'application/json' }, body };
}

/** A request that Pub/Sub would never send, or would send with something in it that nobody should have published. */
export function hostilePush(
  dataSet: DataSet,
  { on: { name } }: Extract<AnyFunction, { kind: 'event' }>,
  random: Random,
): HostileRequest {
  const data = hostileBytes(soundMessages(dataSet)[name] ?? {}, random);
  const draw = random();
  const envelope = {
    message: {
      data: data.toString('base64'),
      attributes: { traceparent: String(awkwardValue(random)), correlation_id: 'fuzz' },
      messageId: String(Math.floor(random() * 1e9)),
      publishTime: new Date().toISOString(),
    },
    subscription: 'projects/p/subscriptions/s',
  };
  const bytes =
    draw < 0.6
      ? Buffer.from(JSON.stringify(envelope))
      : draw < 0.75
        ? Buffer.from(JSON.stringify(spoil(envelope, random)))
        : hostileBytes({ specversion: '1.0', data: envelope }, random);
  return { method: 'POST', path: '/', ...hostileBody(bytes, random) };
}

const paths = [
  '/batches/not-a-uuid',
  '/batches/%00',
  '/batches/%ff%fe',
  '/batches/../../etc/passwd',
  '/jobs?limit=1e999',
  '/models?__proto__[x]=1',
  '/constructor',
  '//',
  `/${'x'.repeat(5_000)}`,
];

/** A request for one of the function's own routes, or for something that might be mistaken for one. */
export function hostileCall(
  dataSet: DataSet,
  { routes }: Extract<AnyFunction, { kind: 'http' }>,
  random: Random,
): HostileRequest {
  const route = pick(routes(dataSet), random);
  const isKnown = random() < 0.7;
  const method = isKnown ? route.method : pick(['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS'], random);
  const path = isKnown ? route.path.replace(/\{\w+\}/, batch_id) : pick(paths, random);
  const { request = {} } = soundMessages(dataSet);
  const sound = route.method === 'POST' ? request : ratings;
  return { method, path, ...hostileBody(hostileBytes(sound, random), random) };
}
