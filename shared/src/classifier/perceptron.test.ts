import { chooseBackend } from './backend.ts';
import { compileModel } from './forward.ts';
import { meanLogLoss } from './metrics.ts';
import { openPerceptron } from './perceptron.ts';
import { seededRandom } from './random.ts';

const unscaled = { mean: [0, 0, 0, 0], deviation: [1, 1, 1, 1] };

it('moves every weight the way that makes the loss smaller', async () => {
  const { tf } = await chooseBackend('cpu');
  const random = seededRandom(2);
  const inputs = Float32Array.from({ length: 80 }, () => 2 * random() - 1);
  const targets = Float32Array.from({ length: 20 }, () => Math.round(random()));
  const loss = (layers: ReturnType<typeof perceptron.layers>) =>
    meanLogLoss(
      compileModel({ scaling: unscaled, layers }).probabilities(Float64Array.from(inputs)),
      targets,
      2,
    );

  // Adam's first step moves each weight by the learning rate against the sign of its gradient.
  const perceptron = openPerceptron(tf, random, {
    inputs: 4,
    hiddenUnits: 3,
    learningRate: 0.01,
    weightDecay: 0,
  });
  const before = perceptron.layers();
  perceptron.learn({ inputs, targets, rows: 20 });
  const after = perceptron.layers();
  perceptron.close();

  before.forEach((layer, index) => {
    for (const part of ['weights', 'biases'] as const) {
      layer[part].forEach((value, place) => {
        const moved = (after[index]?.[part][place] ?? 0) - value;
        const nudged = before.map((old, i) =>
          i === index ? { ...old, [part]: old[part].with(place, value + moved / 1000) } : old,
        );
        expect(loss(nudged)).toBeLessThanOrEqual(loss(before));
      });
    }
  });
});
