/** Places in a space: `numbers` coordinates of each, then labels, which are either equal or one apart. */
export interface PointSet {
  readonly numbers: number;
  readonly width: number;
  readonly values: Float32Array;
}

const leafSize = 8;
/** So many coordinates are looked at in one search: it bounds what an answer costs, however many columns there are. */
const mostLooked = 4_000;
const fewestVisited = 32;

/** How many places one search compares at most. */
export function mostVisited(width: number): number {
  return Math.max(fewestVisited, Math.floor(mostLooked / Math.max(1, width)));
}

/**
 * Finds the square of the distance from a place to the nearest other one, or to some other one where that is `near`
 * enough. `skip` is the number of one that does not count.
 */
export type Search = (from: Float64Array, near: number, skip?: number) => number;

/**
 * A k-d tree: the space is halved along the coordinate in which its places are spread most, and again, so that only the
 * places around are looked at. In a space of very many coordinates that is all of them: then the search ends after so many,
 * the same ones each time, with the nearest of those.
 */
export function compileSearch({ numbers, width, values }: PointSet): Search {
  const count = width === 0 ? 0 : values.length / width;
  const order = new Uint32Array(count).map((_, place) => place);
  const dimensions: number[] = [];
  const cuts: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  const right: number[] = [];

  const build = (start: number, end: number): void => {
    const node = dimensions.length;
    const dimension = end - start > leafSize ? widest(order.subarray(start, end)) : -1;
    dimensions.push(dimension);
    starts.push(start);
    ends.push(end);
    cuts.push(0);
    right.push(0);
    if (dimension < 0) return;
    order.subarray(start, end).sort((a, b) => at(a, dimension) - at(b, dimension) || a - b);
    const middle = (start + end) >>> 1;
    cuts[node] = at(order[middle] ?? 0, dimension);
    build(start, middle);
    right[node] = dimensions.length;
    build(middle, end);
  };

  const at = (place: number, dimension: number): number => values[place * width + dimension] ?? 0;

  /** The coordinate with the greatest spread; -1 where all are the same. */
  const widest = (places: Uint32Array): number => {
    let found = -1;
    let most = 0;
    for (let dimension = 0; dimension < numbers; dimension += 1) {
      let low = Infinity;
      let high = -Infinity;
      for (const place of places) {
        low = Math.min(low, at(place, dimension));
        high = Math.max(high, at(place, dimension));
      }
      if (high - low <= most) continue;
      most = high - low;
      found = dimension;
    }
    return found;
  };

  build(0, count);
  const [dimensionOf, cutOf] = [Int32Array.from(dimensions), Float64Array.from(cuts)];
  const [startOf, endOf, rightOf] = [Int32Array.from(starts), Int32Array.from(ends), Int32Array.from(right)];
  // The places of a leaf lie side by side.
  const ordered = new Float64Array(values.length);
  order.forEach((place, to) => {
    ordered.set(values.subarray(place * width, (place + 1) * width), to * width);
  });
  const limit = mostVisited(width);
  const waiting = new Int32Array(64);
  const bounds = new Float64Array(64);

  return (from, near, skip = -1) => {
    let best = Infinity;
    let visited = 0;
    let depth = 1;
    waiting[0] = 0;
    bounds[0] = 0;
    while (depth > 0 && visited < limit && best > near) {
      depth -= 1;
      const bound = bounds[depth] ?? 0;
      if (bound >= best) continue;
      let node = waiting[depth] ?? 0;
      let dimension = dimensionOf[node] ?? -1;
      while (dimension >= 0) {
        const beyond = (from[dimension] ?? 0) - (cutOf[node] ?? 0);
        waiting[depth] = beyond < 0 ? (rightOf[node] ?? 0) : node + 1;
        bounds[depth] = Math.max(bound, beyond * beyond);
        depth += 1;
        node = beyond < 0 ? node + 1 : (rightOf[node] ?? 0);
        dimension = dimensionOf[node] ?? -1;
      }
      const end = endOf[node] ?? 0;
      for (let place = startOf[node] ?? 0; place < end; place += 1) {
        if (order[place] === skip) continue;
        visited += 1;
        const start = place * width;
        let sum = 0;
        let i = 0;
        // Four at a time: asking after each whether it is too far already would cost more than it saves.
        for (; i + 3 < numbers && sum < best; i += 4) {
          const a = (from[i] ?? 0) - (ordered[start + i] ?? 0);
          const b = (from[i + 1] ?? 0) - (ordered[start + i + 1] ?? 0);
          const c = (from[i + 2] ?? 0) - (ordered[start + i + 2] ?? 0);
          const d = (from[i + 3] ?? 0) - (ordered[start + i + 3] ?? 0);
          sum += a * a + b * b + (c * c + d * d);
        }
        for (; i < numbers && sum < best; i += 1) {
          const difference = (from[i] ?? 0) - (ordered[start + i] ?? 0);
          sum += difference * difference;
        }
        for (; i < width && sum < best; i += 1) if (from[i] !== ordered[start + i]) sum += 1;
        if (sum < best) best = sum;
      }
    }
    return best;
  };
}
