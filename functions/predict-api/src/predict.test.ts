import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { compileModel } from '@banknote-loop/shared/learning';
import { banknotes } from '@banknote-loop/testing/data-sets';
import fc from 'fast-check';
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
async function ask(
  method: string,
  record: 'before' | 'after' | 'off',
  { options = {}, features = [[3, 8, -2, 0]], background = [[-1, 0, 0, 0]] as number[][] | null } = {},
) {
  const published: unknown[] = [];
  const later: Promise<void>[] = [];
  const told: unknown[] = [];
  const context = {
    dataSet: banknotes,
    models: { current: async () => ({ ...model, ...(background && { background }) }) },
    answers: {},
    predictions: { record },
    method,
    headers: { host: 'notes.example', referer: 'https://bank.example/customers/7?name=ann' },
    addToLog: (facts: object) => void told.push(facts),
    auditRead: () => {},
    caller: { principal: 'test', address: 'test', verified: false, scopes: new Set<string>() },
    idempotencyKey: undefined,
    async publish(_topic: unknown, message: unknown) {
      await new Promise(setImmediate);
      published.push(message);
    },
    finishLater: (_what: string, work: Promise<void>) => void later.push(work),
  };
  const subjects = { subjects: features.map(() => note.subject), features };
  const route = method === 'POST' ? postPredict(banknotes) : getPredict(banknotes);
  const query = { ...subjects, options, ...options };
  const { body } = await route.handle({ params: undefined, query, body: subjects }, context);
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

it.each(['GET', 'POST'])('%s forgets a prediction that is asked for with record=false', async method => {
  const answer = await ask(method, 'before', { options: { record: 'false' } });
  expect(answer).toMatchObject({ before: 0, after: 0, body: { predictions: [{ label: 'real' }] } });
});

it('says what each feature contributes: together with the base they are the answer', async () => {
  const number = fc.double({ min: -10, max: 10, noNaN: true });
  const row = fc.array(number, { minLength: 4, maxLength: 4 });
  const anything = fc.tuple(row, fc.array(row, { minLength: 1, maxLength: 8 }));
  const check = async ([features, background]: readonly [number[], number[][]]) => {
    const { body } = await ask('POST', 'off', {
      options: { explain: 'true' },
      features: [features],
      background,
    });
    const [{ score = -1, base = -1, contributions = {}, explains } = {}] = body.predictions;
    expect(explains).toBe('real');
    const { variance = 0, ...others } = contributions;
    expect(base + variance).toBeCloseTo(score, 12);
    // What the model does not look at contributes nothing.
    expect(others).toEqual({ skewness: 0, curtosis: 0, entropy: 0 });
  };
  await fc.assert(fc.asyncProperty(anything, check), { numRuns: 50 });
});

it('says which change of one feature would make another answer', async () => {
  const { body } = await ask('GET', 'off', { options: { nearest_change: 'true' } });
  const [{ nearest_change } = {}] = body.predictions;
  expect(nearest_change).toMatchObject({ column: 'variance', direction: 'below', label: 'fake' });
  expect(nearest_change?.value).toBeLessThan(0);
  expect(nearest_change?.value).toBeGreaterThan(-0.2);
});

it('gives no explanation where the model has no background, and says why', async () => {
  const { body } = await ask('POST', 'off', { options: { explain: 'true' }, background: null });
  expect(body).toMatchObject({ unexplained: expect.stringContaining('there is no explanation') });
  expect(body.predictions[0]).not.toHaveProperty('base');
});

it('explains a few at a time', async () => {
  const features = Array.from({ length: 11 }, () => [3, 8, -2, 0]);
  await expect(ask('POST', 'off', { options: { explain: 'true' }, features })).rejects.toThrow(
    '11 are too many to be explained: ask for at most 10 at a time.',
  );
});

it('reads options beside the values in an address', () => {
  const { query } = getPredict(banknotes);
  const address = { variance: '3', skewness: '8', curtosis: '-2', entropy: '0', record: 'false' };
  expect(query?.parse(address)).toMatchObject({ options: { record: 'false' }, features: [[3, 8, -2, 0]] });
  expect(query?.safeParse({ ...address, explain: 'perhaps' })).toMatchObject({ success: false });
});

it('takes a value under the name of its feature as under that of its column', () => {
  const { dataSet } = findDataSet('iris');
  const read = { subjects: ['flower'], features: [[5.1, 3.5, 1.4, 0.2]] };
  const named = { 'sepal length': 5.1, sepal_width: 3.5, 'petal length': 1.4, 'petal width': 0.2 };
  expect(postPredict(dataSet).body?.parse(named)).toMatchObject(read);
  const address = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, String(value)]));
  expect(getPredict(dataSet).query?.parse(address)).toMatchObject(read);
});
