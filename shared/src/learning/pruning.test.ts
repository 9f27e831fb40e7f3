import { furthestInput } from './inputs.ts';
import { compileNetworks, type Layer } from './network.ts';
import { withoutIdleUnits } from './pruning.ts';
import { gaussian, seededRandom } from './random.ts';

const random = seededRandom(1);
const inputs = 5;
const encoders = Array.from({ length: inputs }, () => ({ kind: 'plain', centre: 0, scale: 1 }) as const);

/** Every third unit has weights as small as decay leaves them. */
function layer(from: number, units: number, small = 1e-4): Layer {
  const weights = Float32Array.from({ length: from * units }, (_, i) =>
    Math.floor(i / from) % 3 === 2 ? small * gaussian(random) : gaussian(random),
  );
  return { units, weights, biases: Float32Array.from({ length: units }, () => 0) };
}

function scores(layers: readonly Layer[], rows: Float64Array): Float64Array {
  return compileNetworks({ inputs: { encoders, width: inputs }, members: [layers] })(rows);
}

const rows = Float64Array.from({ length: 200 * inputs }, () => furthestInput * (2 * random() - 1));

describe('withoutIdleUnits', () => {
  it('takes out what can hardly move a score, and nothing else', () => {
    const whole = [layer(inputs, 9), layer(9, 12), layer(12, 3, 1)];
    // Those of the first layer are smaller still; those of the second can be heard.
    whole[0]?.weights.forEach((weight, i, all) => {
      if (Math.floor(i / inputs) % 3 === 2) all[i] = weight / 1_000;
    });
    const pruned = withoutIdleUnits(whole);
    expect(pruned.map(({ units }) => units)).toEqual([6, 12, 3]);
    const before = scores(whole, rows);
    scores(pruned, rows).forEach((score, i) => {
      expect(Math.abs(score - (before[i] ?? Number.NaN))).toBeLessThan(3 * 2 * 1e-3);
    });
  });

  it('keeps a way through a network that says the same of every row', () => {
    const silent = [layer(inputs, 4), layer(4, 4), layer(4, 1)];
    for (const { weights } of silent) weights.fill(0);
    silent[2]?.biases.fill(0.7);
    const pruned = withoutIdleUnits(silent);
    expect(pruned.map(({ units }) => units)).toEqual([1, 1, 1]);
    expect(scores(pruned, rows)).toEqual(scores(silent, rows));
  });
});
