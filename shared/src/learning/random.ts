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

/** Moves `most` random elements to the front of a list, in random order; the whole list where left out. */
export function shuffle(list: Uint32Array, random: Random, most = list.length): Uint32Array {
  for (let place = 0; place < most; place += 1) {
    const pick = place + Math.floor(random() * (list.length - place));
    const kept = list[place] ?? 0;
    list[place] = list[pick] ?? 0;
    list[pick] = kept;
  }
  return list;
}

/** Deals the numbers of a list in random order, each once before any comes again. */
export function dealer(list: Uint32Array, random: Random): () => number {
  const order = list.slice();
  let dealt = 0;
  return () => {
    if (dealt === order.length) dealt = 0;
    const pick = dealt + Math.floor(random() * (order.length - dealt));
    const drawn = order[pick] ?? 0;
    order[pick] = order[dealt] ?? 0;
    order[dealt] = drawn;
    dealt += 1;
    return drawn;
  };
}
