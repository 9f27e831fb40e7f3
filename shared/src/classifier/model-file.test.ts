import { bankData } from '@banknote-loop/testing/bank-data';
import { chooseBackend } from './backend.ts';
import { compileModel } from './forward.ts';
import { checksumOf, decodeModel, encodeModel, type Model, probe } from './model-file.ts';
import { train } from './train.ts';

type Fields = Record<string, unknown>;

let model: Model;
let text: string;

beforeAll(async () => {
  const { name, tf } = await chooseBackend('wasm');
  const outcome = train(tf, bankData(), 42);
  if (!outcome.trained) throw new Error(outcome.reason);
  model = {
    ...outcome.network,
    created: '2026-01-01T00:00:00.000Z',
    fingerprint: 'bank-data',
    seed: 42,
    backend: name,
    metrics: { trainingRows: 1372, holdOutRows: 0, accuracy: 1, logLoss: outcome.loss },
    probes: probe(outcome.network, [
      [3.6216, 8.6661, -2.8073, -0.44699],
      [-2.5419, -0.65804, 2.6842, 1.1952],
    ]),
  };
  text = encodeModel(model);
});

/** The file with other content and, so that only that is wrong, with the checksum that belongs to it. */
function changed(change: (fields: Fields) => void): string {
  const { checksum: _, ...fields }: Fields = JSON.parse(text);
  change(fields);
  return JSON.stringify({ ...fields, checksum: checksumOf(fields) });
}

describe('a model file', () => {
  it('brings back the model exactly, and with it every prediction', () => {
    const decoded = decodeModel(text, 4);
    expect(decoded).toEqual(model);
    const { features } = bankData();
    expect(compileModel(decoded).scores(features)).toEqual(compileModel(model).scores(features));
  });

  it('gives the scores that this seed always gave', () => {
    const { features } = bankData();
    const { scores } = compileModel(decodeModel(text, 4));
    const golden: readonly (readonly [number, number])[] = [
      [2, 0.0008],
      [728, 0.1317],
      [800, 0.99998],
      [1367, 0.9614],
    ];
    for (const [row, score] of golden) {
      expect(scores(features.subarray(row * 4, row * 4 + 4))[0]).toBeCloseTo(score, 3);
    }
  });

  it('stays small and does not mind in which order its keys are', () => {
    expect(text.length).toBeLessThan(3000);
    const fields: Fields = JSON.parse(text);
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(fields).reverse()), null, 2);
    expect(decodeModel(reversed, 4)).toEqual(model);
  });

  it('is not written where it could not be read', () => {
    expect(() => encodeModel({ ...model, created: 'yesterday' })).toThrow('not valid at created');
  });
});

describe('decodeModel refuses', () => {
  const weights = (...numbers: readonly number[]) =>
    Buffer.from(Float32Array.from({ length: 97 }, (_, i) => numbers[i] ?? 0).buffer).toString('base64');

  it.each<[string, string, () => string]>([
    ['not-json', 'cut off', () => text.slice(0, -10)],
    ['too-large', '1000001 characters', () => ' '.repeat(1_000_001)],
    ['schema', 'at the whole file', () => '[]'],
    ['schema', 'at seed', () => changed(fields => Object.assign(fields, { seed: 'one' }))],
    ['schema', 'at version', () => changed(fields => Object.assign(fields, { version: 2 }))],
    ['schema', 'code', () => changed(fields => Object.assign(fields, { code: 'alert(1)' }))],
    [
      'schema',
      'at scaling.deviation.2',
      () =>
        changed(fields =>
          Object.assign(fields, { scaling: { mean: [0, 0, 0, 0], deviation: [1, 1, 0, 1] } }),
        ),
    ],
    ['checksum', 'damaged', () => text.replace('"seed":42', '"seed":43')],
    [
      'shape',
      'takes 5 features',
      () => changed(fields => Object.assign(fields, { topology: topology(16, 'sigmoid', 5) })),
    ],
    ['shape', '388 bytes', () => changed(fields => Object.assign(fields, { topology: topology(8) }))],
    ['shape', 'one unit', () => changed(fields => Object.assign(fields, { topology: topology(16, 'relu') }))],
    [
      'weights',
      'not finite',
      () => changed(fields => Object.assign(fields, { weights: weights(Number.NaN) })),
    ],
    [
      'weights',
      'far too large',
      () => changed(fields => Object.assign(fields, { weights: weights(0, 1e7) })),
    ],
    ['self-test', 'probe 0', () => changed(fields => Object.assign(fields, { weights: weights() }))],
  ])('%s: %s', (problem, words, file) => {
    expect(() => decodeModel(file(), 4)).toThrow(
      expect.objectContaining({
        name: 'InvalidModelError',
        problem,
        message: expect.stringContaining(words),
      }),
    );
  });

  function topology(units: number, activation = 'sigmoid', inputs = 4) {
    const layers = [
      { units, activation: 'relu' },
      { units: 1, activation },
    ];
    return { inputs, layers };
  }
});
