import type { Random } from './random.ts';

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
