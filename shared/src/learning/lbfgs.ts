/** The value of a function at a point; writes the gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

interface Step {
  readonly move: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const remembered = 8;

/**
 * Finds the lowest point of a smooth convex function by the limited-memory method of Broyden, Fletcher, Goldfarb and
 * Shanno (Nocedal & Wright, Numerical Optimization, algorithm 7.4), moving `point` there.
 */
export function minimize(
  objective: Objective,
  point: Float64Array,
  mostSteps: number,
  tolerance: number,
): number {
  let gradient = new Float64Array(point.length);
  let value = objective(point, gradient);
  const steps: Step[] = [];
  for (let step = 0; step < mostSteps; step += 1) {
    if (norm(gradient) < tolerance) break;
    let direction = descend(gradient, steps);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      steps.length = 0;
      direction = gradient.map(part => -part);
      slope = dot(direction, gradient);
    }
    // Halved until it descends enough (Armijo's rule); the first step of all has no measure but the gradient's.
    let length = steps.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    const next = new Float64Array(point.length);
    const nextGradient = new Float64Array(point.length);
    let nextValue = Infinity;
    for (let halvings = 0; halvings < 30; halvings += 1) {
      for (let i = 0; i < point.length; i += 1) next[i] = (point[i] ?? 0) + length * (direction[i] ?? 0);
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + 1e-4 * length * slope) break;
      length /= 2;
    }
    if (!(nextValue < value)) break;
    const move = next.map((part, i) => part - (point[i] ?? 0));
    const change = nextGradient.map((part, i) => part - (gradient[i] ?? 0));
    const curvature = dot(move, change);
    if (curvature > 1e-14 * dot(change, change)) steps.push({ move, change, curvature });
    if (steps.length > remembered) steps.shift();
    const gained = value - nextValue;
    point.set(next);
    gradient = nextGradient;
    value = nextValue;
    if (gained < tolerance * tolerance * Math.max(1, Math.abs(value))) break;
  }
  return value;
}

/** Minus the gradient, times what the latest steps tell of the inverse of the second derivatives. */
function descend(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = gradient.map(part => -part);
  const shares: number[] = [];
  for (const { move, change, curvature } of steps.toReversed()) {
    const share = dot(move, direction) / curvature;
    shares.push(share);
    for (let i = 0; i < direction.length; i += 1)
      direction[i] = (direction[i] ?? 0) - share * (change[i] ?? 0);
  }
  const latest = steps.at(-1);
  if (latest) {
    const scale = latest.curvature / dot(latest.change, latest.change);
    for (let i = 0; i < direction.length; i += 1) direction[i] = (direction[i] ?? 0) * scale;
  }
  steps.forEach(({ move, change, curvature }, index) => {
    const share = (shares[steps.length - 1 - index] ?? 0) - dot(change, direction) / curvature;
    for (let i = 0; i < direction.length; i += 1) direction[i] = (direction[i] ?? 0) + share * (move[i] ?? 0);
  });
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(dot(vector, vector));
}
