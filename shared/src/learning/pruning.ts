import { furthestInput } from './inputs.ts';
import type { Layer } from './network.ts';

/** So little in a raw score is not worth the time of every answer. */
const leastEffect = 1e-3;

/**
 * Takes out the units that can hardly move a score, whatever a row is: where weights decay there are many. How much a
 * unit says at most follows from how far from zero inputs can lie.
 */
export function withoutIdleUnits(layers: readonly Layer[]): Layer[] {
  const reaches = reachesOf(layers);
  let kept: readonly number[] | undefined;
  let most = (_: number): number => furthestInput;
  return layers.map((layer, index) => {
    const columns = kept ?? Array.from({ length: inputsOf(layer) }, (_, i) => i);
    const bounds = Float64Array.from(layer.biases, (bias, unit) =>
      columns.reduce((sum, i) => sum + Math.abs(weightOf(layer, unit, i)) * most(i), Math.max(bias, 0)),
    );
    const units = [...bounds.keys()].filter(
      unit =>
        index === layers.length - 1 || (bounds[unit] ?? 0) * (reaches[index]?.[unit] ?? 0) >= leastEffect,
    );
    // A network that says the same of every row keeps a way through.
    if (units.length === 0) units.push(0);
    kept = units;
    most = unit => bounds[unit] ?? 0;
    return {
      units: units.length,
      weights: Float32Array.from(units.flatMap(unit => columns.map(i => weightOf(layer, unit, i)))),
      biases: Float32Array.from(units, unit => layer.biases[unit] ?? 0),
    };
  });
}

/** For each unit of each layer by how much it moves some score at most, where it says one more. */
function reachesOf(layers: readonly Layer[]): Float64Array[] {
  const reaches: Float64Array[] = [];
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    const next = layers[index + 1];
    const after = reaches[0];
    reaches.unshift(
      Float64Array.from({ length: layers[index]?.units ?? 0 }, (_, unit) => {
        if (!next || !after) return 1;
        return after.reduce((sum, reach, to) => sum + Math.abs(weightOf(next, to, unit)) * reach, 0);
      }),
    );
  }
  return reaches;
}

function inputsOf({ weights, units }: Layer): number {
  return weights.length / units;
}

function weightOf(layer: Layer, unit: number, input: number): number {
  return layer.weights[unit * inputsOf(layer) + input] ?? 0;
}
