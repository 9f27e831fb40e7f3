import { compileModel } from '@banknote-loop/shared/learning';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { getPredict, postPredict } from './predict.ts';

const note = { subject: 'a', variance: 3, skewness: 8, curtosis: -2, entropy: 0 };
const layer = { units: 1, weights: Float32Array.of(1, 0, 0, 0), biases: Float32Array.of(0) };
const encoders = [1, 2, 3, 4].map(() => ({ kind: 'plain', centre: 0, scale: 1 }) as const);
/** Calls a note real by its variance alone. */
const model = {
  fileName: 'model-1.json',
  ...compileModel({
    columns: encoders.map(() => ({ kind: 'number' })),
    classCount: 2,
    members: [{ kind: 'networks', networks: { inputs: { encoders, width: 4 }, members: [[layer]] } }],
    blend: { weights: [1], shifts: [0, 0], doubt: 0 },
  }),
};

/** Asks with everything around the route made by hand; answers what was published before and after the answer. */
async function ask(method: string, record: 'before' | 'after' | 'off') {
  const published: unknown[] = [];
  const later: Promise<void>[] = [];
  const told: unknown[] = [];
  const context = {
    dataSet: banknotes,
    models: { current: async () => model },
    answers: {},
    predictions: { record },
    method,
    headers: { host: 'notes.example', referer: 'https://bank.example/customers/7?name=ann' },
    tell: (facts: object) => void told.push(facts),
    caller: { principal: 'test', verified: false, scopes: new Set<string>() },
    idempotencyKey: undefined,
    async publish(_topic: unknown, message: unknown) {
      await new Promise(setImmediate);
      published.push(message);
    },
    finishLater: (_what: string, work: Promise<void>) => void later.push(work),
  };
  const subjects = { subjects: [note.subject], features: [[3, 8, -2, 0]] };
  const route = method === 'POST' ? postPredict(banknotes) : getPredict(banknotes);
  const input = { params: undefined, query: subjects, body: subjects };
  const { body } = await route.handle(input, context);
  const before = published.length;
  await Promise.all(later);
  return { body, before, after: published.length - before, told };
}

it.each([
  ['POST', 'before', { before: 1, after: 0 }],
  ['POST', 'after', { before: 0, after: 1 }],
  ['POST', 'off', { before: 0, after: 0 }],
  ['GET', 'before', { before: 1, after: 0 }],
  ['HEAD', 'before', { before: 0, after: 0 }],
  ['HEAD', 'after', { before: 0, after: 0 }],
] as const)('%s with PREDICT_RECORD=%s records as it says', async (method, record, recorded) => {
  const answer = await ask(method, record);
  expect(answer).toMatchObject(recorded);
  expect(answer.body.predictions).toMatchObject([{ subject: 'a', label: 'real' }]);
});

it('says who asked, from where and which model answered, and nothing that was sent', async () => {
  const { told } = await ask('POST', 'before');
  const from = { host: 'notes.example', referer: 'https://bank.example', asked_from: 'site' };
  expect(told).toEqual([{ ...from, model: 'model-1.json', notes: 1 }]);
});
