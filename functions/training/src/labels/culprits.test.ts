import fc from 'fast-check';
import { findCulprits, type Suspect } from './culprits.ts';

interface Label extends Suspect {
  readonly name: string;
  readonly isBad: boolean;
}

/** It passes as soon as at most so many bad labels are left. */
function search(labels: readonly Label[], harmless = 0, mostTries = 100) {
  const bad = labels.filter(({ isBad }) => isBad).length;
  const settings = {
    passesWithout: async (without: readonly Label[]) =>
      bad - without.filter(({ isBad }) => isBad).length <= harmless,
    mostTries,
    isLate: () => false,
  };
  const spied = jest.spyOn(settings, 'passesWithout');
  return findCulprits(labels, settings).then(found => ({ found, tries: spied.mock.calls.length }));
}

function labelsOf(
  reviewer: string,
  count: number,
  bad: readonly number[],
  plausibility: number | null = 0.4,
): Label[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `${reviewer} ${i}`,
    reviewer,
    plausibility: bad.includes(i) ? plausibility : 0.9,
    isBad: bad.includes(i),
  }));
}

it('finds the labels of the one reviewer that hold learning back, and no others', async () => {
  const labels = [...labelsOf('ann', 40, []), ...labelsOf('eve', 40, [3, 9, 30]), ...labelsOf('bob', 40, [])];
  const { found, tries } = await search(labels);
  expect(found.map(({ name }) => name).sort()).toEqual(['eve 3', 'eve 30', 'eve 9']);
  expect(tries).toBeLessThan(12);
});

it('blames nobody of whom nothing bad is known while others can be', async () => {
  // It passes without the improbable labels, and also without those of a reviewer whose labels are as good as any.
  const labels = [...labelsOf('ann', 10, []), ...labelsOf('eve', 10, [1, 2], 0.2)];
  const found = await findCulprits(labels, {
    passesWithout: async without =>
      without.filter(({ isBad }) => isBad).length === 2 ||
      without.filter(({ reviewer }) => reviewer === 'ann').length === 10,
    mostTries: 100,
    isLate: () => false,
  });
  expect(found.map(({ name }) => name).sort()).toEqual(['eve 1', 'eve 2']);
});

it('finds the least plausible of all where no reviewer alone holds learning back', async () => {
  const labels = ['ann', 'eve', 'bob'].flatMap(reviewer => labelsOf(reviewer, 20, [1, 2], 0.1));
  const { found } = await search(labels);
  expect(found).toHaveLength(6);
  expect(found.every(({ isBad }) => isBad)).toBe(true);
});

it('blames nobody where it would not pass without any of them either', async () => {
  const never = { passesWithout: async () => false, mostTries: 100, isLate: () => false };
  expect(await findCulprits(labelsOf('ann', 10, [1]), never)).toEqual([]);
  expect(await findCulprits([], never)).toEqual([]);
});

it('ends when it has to, with labels without which it passes', async () => {
  const suspect = fc.record({
    name: fc.string(),
    reviewer: fc.constantFrom('ann', 'bob', null),
    plausibility: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    isBad: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(suspect, { minLength: 1 }),
      fc.nat(5),
      fc.integer({ min: 1, max: 20 }),
      async (labels, harmless, mostTries) => {
        const { found, tries } = await search(labels, harmless, mostTries);
        const left = labels.filter(label => label.isBad && !found.includes(label));
        expect(left.length).toBeLessThanOrEqual(harmless);
        expect(tries).toBeLessThanOrEqual(mostTries + 1);
      },
    ),
  );
});
