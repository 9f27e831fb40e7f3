import { z } from 'zod';
import { pack, packedBytes, packedFloats } from '../packed.ts';
import type { Column } from '../table.ts';
import type { Novelty } from './novelty.ts';
import { type Measure, spaceOf } from './space.ts';

const mostNumbers = 1_000_000;
const finite = (numbers: Float32Array): boolean => numbers.every(Number.isFinite);

const measure = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('number'),
    centre: z.number(),
    scale: z.number().positive(),
    low: z.number(),
    high: z.number(),
    missing: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('category'), known: packedBytes(mostNumbers) }),
]);

/** Reads what a model knows of rows from its file. */
export const noveltyData = z
  .strictObject({
    measures: z.array(measure).min(1),
    places: packedFloats(mostNumbers).refine(finite, 'Some places are not finite'),
    unknown: z.number().positive(),
    near: z.number().min(0),
    distances: packedFloats(10_000)
      .refine(finite, 'Some distances are not finite')
      .refine(isAscending, 'The distances do not ascend'),
    limit: z.number().positive(),
    shares: z.array(z.number().min(0).max(1)),
  })
  .transform(({ measures, ...known }): Novelty => ({ space: spaceOf(measures), ...known }));

export function encodeNovelty(novelty: Novelty): z.input<typeof noveltyData> {
  const { space, places, unknown, near, distances, limit, shares } = novelty;
  return {
    measures: space.measures.map(one =>
      one.kind === 'number' ? { ...one } : { ...one, known: pack(one.known) },
    ),
    places: pack(places),
    unknown,
    near,
    distances: pack(distances),
    limit,
    shares: [...shares],
  };
}

/** Whether every answer from it ends and is made of finite numbers. */
export function isSoundNovelty(
  { space, places, distances, shares }: Novelty,
  columns: readonly Column[],
  classCount: number,
): boolean {
  return (
    space.measures.length === columns.length &&
    space.measures.every((one, i) => fits(one, columns[i])) &&
    places.length > 0 &&
    places.length % space.width === 0 &&
    distances.length > 0 &&
    shares.length === classCount &&
    Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-6
  );
}

function fits(one: Measure, column: Column | undefined): boolean {
  if (one.kind === 'number') return column?.kind === 'number';
  return column?.kind === 'category' && one.known.length === column.size + 2;
}

function isAscending(numbers: Float32Array): boolean {
  return numbers.every((number, i) => i === 0 || number >= (numbers[i - 1] ?? 0));
}
