import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { uuidFromName } from '../base/ids.ts';
import type { InfluenceCaps, TrainingData } from './training-data.ts';

interface Row {
  readonly note: number;
  readonly label: 0 | 1;
  /** Without one, the row is the bank's. */
  readonly reviewer?: string;
  readonly batch?: number;
  readonly time?: number;
}

const noCaps: InfluenceCaps = { reviewerShare: 1, batchShare: 1, minimumRows: 1 };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ seeded: false });
});
afterAll(() => database.close());

/** Reads the set of exactly these rows, which come in in this order. */
async function setOf(rows: readonly Row[], caps = noCaps): Promise<TrainingData> {
  await database.pool.query('delete from training');
  await database.pool.query(
    `insert into training (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer, created)
    select batch_id, row_number() over (), note, note * 0.5, -note, 1, class, reviewer, to_timestamp(time)
    from unnest($1::uuid[], $2::float8[], $3::int[], $4::text[], $5::float8[])
      as given (batch_id, note, class, reviewer, time)`,
    [
      rows.map(({ reviewer, batch = 0 }) =>
        reviewer === undefined ? null : uuidFromName('batch', String(batch)),
      ),
      rows.map(({ note }) => note),
      rows.map(({ label }) => label),
      rows.map(({ reviewer }) => reviewer || null),
      rows.map(({ time = 0 }) => time),
    ],
  );
  return database.db.training.dataSet(caps);
}

/** The rows of one side as `note: class`, in their order. */
function labels({ features, classes }: TrainingData['training']): Record<number, number> {
  return Object.fromEntries(Array.from(classes, (label, row) => [features[row * 4] ?? Number.NaN, label]));
}

async function holdoutNotes(upTo: number): Promise<ReadonlySet<number>> {
  const { holdout } = await setOf(Array.from({ length: upTo }, (_, note) => ({ note, label: 1 })));
  return new Set(Object.keys(labels(holdout)).map(Number));
}

const alternating = Array.from({ length: 200 }, (_, note): Row => ({ note, label: note % 2 === 0 ? 0 : 1 }));
const bankRow = fc.record({
  note: fc.integer({ min: 0, max: 40 }),
  label: fc.constantFrom(0 as const, 1 as const),
});
const personsRow = fc.record({
  note: fc.integer({ min: 0, max: 40 }),
  label: fc.constantFrom(0 as const, 1 as const),
  reviewer: fc.constantFrom('', 'ann', 'bob'),
  batch: fc.integer({ min: 0, max: 3 }),
  time: fc.integer({ min: 0, max: 5 }),
});
const anyRows = fc.array(fc.oneof(bankRow, personsRow), { maxLength: 60 });

describe('the rows', () => {
  it('is the same for the same rows in any order, and with rows that came in twice', async () => {
    const shuffled = anyRows.chain(rows =>
      fc.record({
        rows: fc.constant(rows),
        again: fc
          .shuffledSubarray([...rows, ...rows], { minLength: rows.length })
          .map(more => [...more, ...rows]),
      }),
    );
    const tight: InfluenceCaps = { reviewerShare: 0.3, batchShare: 0.3, minimumRows: 2 };
    await fc.assert(
      fc.asyncProperty(shuffled, fc.constantFrom(noCaps, tight), async ({ rows, again }, caps) => {
        expect((await setOf(again, caps)).fingerprint).toBe((await setOf(rows, caps)).fingerprint);
      }),
      { numRuns: 60 },
    );
  });

  it('has no note on both sides or twice on one, and as many real as fake notes to train on', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async rows => {
        const { training, holdout } = await setOf(rows);
        const notes = [training, holdout].flatMap(({ features, count }) =>
          Array.from({ length: count }, (_, row) => features.subarray(row * 4, row * 4 + 4).join()),
        );
        expect(new Set(notes).size).toBe(notes.length);
        expect(2 * training.classes.reduce((sum, label) => sum + label, 0)).toBe(training.count);
      }),
      { numRuns: 40 },
    );
  });

  it('holds about one note in five out, always the same ones', async () => {
    const before = await holdoutNotes(1000);
    expect(before.size / 1000).toBeCloseTo(0.2, 1);
    expect(new Set([...(await holdoutNotes(2000))].filter(note => note < 1000))).toEqual(before);
  });

  it("takes a person's label for the bank's, and the latest of several people's", async () => {
    const trained = await trainedNote();
    const later: Row[] = [
      { note: trained, label: 0, reviewer: 'ann', time: 3 },
      { note: trained, label: 1, reviewer: 'bob', time: 7 },
      { note: trained, label: 0, reviewer: 'cleo', time: 5 },
    ];
    const { training, roles } = await setOf([
      ...later,
      ...alternating.map(row => (row.note === trained ? { ...row, label: 0 as const } : row)),
    ]);
    expect(labels(training)[trained]).toBe(1);
    expect(roles).toEqual({ trains: 1, superseded: 2 });
  });

  it("leaves the bank's label to the bank's notes that judge", async () => {
    const [judge = 0] = await holdoutNotes(200);
    const bank = alternating.find(({ note }) => note === judge)?.label ?? 0;
    const other = bank === 1 ? 0 : 1;
    const { holdout, holdoutByPeople, roles } = await setOf([
      ...alternating,
      { note: judge, label: other, reviewer: 'ann' },
    ]);
    expect(labels(holdout)[judge]).toBe(bank);
    expect(holdoutByPeople.every(person => person === 0)).toBe(true);
    expect(roles).toEqual({ overruled: 1 });
  });

  it("gives up the bank's surplus before people's labels", async () => {
    const trained = await trainedNote();
    const onlyFew = alternating.filter(({ label, note }) => label === 0 || note < 40);
    const { training, roles } = await setOf([
      ...onlyFew,
      { note: trained + 0.125, label: 0, reviewer: 'ann' },
    ]);
    expect(training.count).toBeLessThan(onlyFew.length / 2);
    expect(roles.surplus).toBeUndefined();
  });
});

describe('the caps', () => {
  const flood = (reviewer: string, batch: number, from: number): Row[] =>
    Array.from({ length: 400 }, (_, i) => ({ note: from + i, label: i % 2 === 0 ? 0 : 1, reviewer, batch }));

  it('leave one reviewer no more than a share, by name or without, in however many batches', async () => {
    for (const reviewer of ['eve', '']) {
      const rows = flood(reviewer, 0, 1000).map((row, i) => ({ ...row, batch: i }));
      const { roles, training, trainingByPeople } = await setOf([...alternating, ...rows], {
        ...noCaps,
        reviewerShare: 0.1,
      });
      expect(trainingByPeople).toBeGreaterThan(8);
      expect(trainingByPeople / training.count).toBeLessThanOrEqual(0.13);
      expect(roles.capped).toBeGreaterThan(350);
    }
  });

  it('leave one batch no more than a share, whoever rated it', async () => {
    const rows = flood('', 1, 1000).map((row, i) => ({ ...row, reviewer: `reviewer ${i}` }));
    const { training, trainingByPeople } = await setOf([...alternating, ...rows], {
      ...noCaps,
      batchShare: 0.1,
    });
    expect(trainingByPeople / training.count).toBeLessThanOrEqual(0.13);
  });

  it('are no larger for several who flood together', async () => {
    const rows = ['eve', 'mallory', 'trudy'].flatMap((name, i) => flood(name, i, 1000 * (i + 1)));
    const { training, trainingByPeople } = await setOf([...alternating, ...rows], {
      ...noCaps,
      reviewerShare: 0.1,
    });
    expect(trainingByPeople / training.count).toBeLessThanOrEqual(0.36);
  });

  it('let a small number of labels through, however few rows there are', async () => {
    const rows = flood('ann', 0, 1000).slice(0, 20);
    const { roles } = await setOf(rows, { reviewerShare: 0.1, batchShare: 0.1, minimumRows: 20 });
    expect(roles.capped).toBeUndefined();
  });

  it('do not let a capped label hide the label that would count without it', async () => {
    const attack = alternating.map(
      ({ note, label }): Row => ({
        note,
        label: label === 1 ? 0 : 1,
        reviewer: 'eve',
        time: 9,
      }),
    );
    const untouched = await setOf(alternating);
    const { training, holdout } = await setOf([...alternating, ...attack], {
      ...noCaps,
      reviewerShare: 0.01,
    });
    expect(training.count + holdout.count).toBeGreaterThan(
      0.9 * (untouched.training.count + untouched.holdout.count),
    );
    const changed = Object.entries(labels(training)).filter(([note, label]) => Number(note) % 2 !== label);
    expect(changed.length).toBeLessThanOrEqual(2);
  });
});

it('says of each label only once what became of it, until that changes', async () => {
  const trained = await trainedNote();
  const { changes } = await setOf([...alternating, { note: trained, label: 1, reviewer: 'ann' }]);
  expect(changes).toHaveLength(1);
  await database.db.training.recordRoles(uuidFromName('job'), changes);
  expect((await database.db.training.dataSet(noCaps)).changes).toEqual([]);
});

/** A note that is not in the hold-out, and fake by the bank's word. */
async function trainedNote(): Promise<number> {
  const judges = await holdoutNotes(200);
  return alternating.find(({ note, label }) => label === 0 && !judges.has(note))?.note ?? Number.NaN;
}
