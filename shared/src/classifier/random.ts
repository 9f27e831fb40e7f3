/** Draws numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/** The same seed always draws the same numbers (the mulberry32 generator: 32 bits of state, period 2^32). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One draw from the normal distribution with mean 0 and deviation 1 (Box and Muller's method). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/**
 * Deals row numbers in random order, each once before any comes again. It shuffles only as far as it deals, so a
 * few hundred batches from half a million rows cost the batches and not the rows.
 */
export function dealRows(count: number, random: Random): () => number {
  const order = Uint32Array.from({ length: count }, (_, row) => row);
  let dealt = 0;
  return () => {
    if (dealt === count) dealt = 0;
    const pick = dealt + Math.floor(random() * (count - dealt));
    const row = order[pick] ?? 0;
    order[pick] = order[dealt] ?? 0;
    order[dealt] = row;
    dealt += 1;
    return row;
  };
}
