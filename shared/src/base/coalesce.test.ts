import fc from 'fast-check';
import { coalesce } from './coalesce.ts';

interface Piece {
  readonly id: number;
  readonly size: number;
  readonly bad: boolean;
  /** Turns of the event loop that pass before the piece arrives. */
  readonly turns: number;
}

const pieces = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 9 }), bad: fc.boolean(), turns: fc.nat({ max: 3 }) }))
  .map(list => list.map((piece, id): Piece => ({ id, ...piece })));

const turn = () => new Promise(setImmediate);

class BadPiece extends Error {}

it('gives each piece its own outcome, in runs that follow one another and keep to the size', async () => {
  await fc.assert(
    fc.asyncProperty(pieces, async all => {
      const stored: number[] = [];
      let running = 0;
      const store = coalesce<Piece>(
        async group => {
          running += 1;
          expect(running).toBe(1);
          const size = group.reduce((sum, piece) => sum + piece.size, 0);
          expect(group.length === 1 || size <= 12).toBe(true);
          await turn();
          running -= 1;
          if (group.some(({ bad }) => bad)) throw new BadPiece();
          stored.push(...group.map(({ id }) => id));
        },
        { sizeOf: ({ size }) => size, maxSize: 12, isItemError: error => error instanceof BadPiece },
      );
      const outcomes = await Promise.allSettled(
        all.map(async piece => {
          for (let i = 0; i < piece.turns; i += 1) await turn();
          await store(piece);
        }),
      );
      expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(all.map(({ bad }) => bad));
      const good = all.flatMap(({ id, bad }) => (bad ? [] : [id]));
      expect(stored.toSorted((a, b) => a - b)).toEqual(good);
    }),
  );
});

it('lets a failure that lies in no piece be that of all at once', async () => {
  let runs = 0;
  const store = coalesce<number>(
    async () => {
      runs += 1;
      throw new Error('the server is away');
    },
    { sizeOf: () => 1, maxSize: 100, isItemError: () => false },
  );
  const outcomes = await Promise.allSettled([1, 2, 3].map(store));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(runs).toBe(1);
});
