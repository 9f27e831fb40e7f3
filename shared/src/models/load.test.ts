import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { banknotes, penguins } from '@banknote-loop/testing/data-sets';
import { loadClassifier } from './load.ts';

const text = readFileSync(join(import.meta.dirname, '../classifier/model-file-v1.json'), 'utf8');

describe('loadClassifier', () => {
  it('gives what answers and what is known of it', () => {
    const { facts, answer, probabilities } = loadClassifier(banknotes, 'old.json', text);
    expect(facts).toMatchObject({ created: '2026-01-01T00:00:00.000Z', seed: 42 });
    expect(probabilities(Float64Array.of(3.6216, 8.6661, -2.8073, -0.44699))[0]).toBeGreaterThan(0.99);
    // Models made before they knew their rows answer without saying how unlike an item is.
    expect(answer(Float64Array.of(1, 2, 3, 4))).toEqual({
      probabilities: probabilities(Float64Array.of(1, 2, 3, 4)),
    });
  });

  it('refuses the model of another data set for good, and names both', () => {
    expect(() => loadClassifier(penguins, 'old.json', text)).toThrow(
      expect.objectContaining({
        name: 'PermanentError',
        message:
          'The model file old.json is refused: The model was made for the data set banknotes, and this is penguins.',
      }),
    );
  });
});
