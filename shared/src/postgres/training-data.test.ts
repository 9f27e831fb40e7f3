import { banknotes } from '@banknote-loop/testing/data-sets';
import {
  fixHoldOut,
  openTestDatabase,
  type TestDatabase,
  testPassword,
} from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { uuidFromName } from '../base/ids.ts';
import { Password } from './connect.ts';
import { Database } from './database.ts';
import type { SelectionRules, TrainingData } from './training-data.ts';

interface Row {
  readonly note: number;
  readonly label: 0 | 1;
  /** Without one, the row is the bank's. One that was verified begins with "=". */
  readonly reviewer?: string;
  readonly batch?: number;
  readonly time?: number;
}

const noCaps: SelectionRules = { reviewerShare: 1, batchShare: 1, minimumRows: 1 };

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase({ seeded: false });
});
afterAll(() => database.close());

/** Notes of which no two are near each other, nor near any of the bank's. */
const farNotes = (count: number, from = 1_000): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Reads the set of exactly these rows, which come in in this order. */
async function setOf(rows: readonly Row[], caps: SelectionRules = noCaps): Promise<TrainingData> {
  await database.pool.query('delete from training');
  await database.pool.query(
    `insert into training
      (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer, verified, created)
    select batch_id, row_number() over (), note, note * 0.5, -note, case when note < 1000 then 1 else note end, class,
      ltrim(reviewer, '='), coalesce(reviewer like '=%', false), to_timestamp(time)
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
    const tight: SelectionRules = { reviewerShare: 0.3, batchShare: 0.3, minimumRows: 2 };
    await fc.assert(
      fc.asyncProperty(shuffled, fc.constantFrom(noCaps, tight), async ({ rows, again }, caps) => {
        expect((await setOf(again, caps)).fingerprint).toBe((await setOf(rows, caps)).fingerprint);
      }),
      { numRuns: 60 },
    );
  });

  it('has no note on both sides or twice on one, and of the bank as many real as fake notes to train on', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, async rows => {
        const { training, holdout } = await setOf(rows);
        const notes = [training, holdout].flatMap(({ features, count }) =>
          Array.from({ length: count }, (_, row) => features.subarray(row * 4, row * 4 + 4).join()),
        );
        expect(new Set(notes).size).toBe(notes.length);
        const ofBank = await setOf(rows.filter(row => !('reviewer' in row)));
        const real = ofBank.training.classes.reduce((sum, label) => sum + label, 0);
        expect(2 * real).toBe(ofBank.training.count);
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

  it("lets the bank's surplus make up for what people bring of the other class", async () => {
    const few = alternating.filter(({ label, note }) => label === 0 || note < 40);
    const said = farNotes(10).map((note): Row => ({ note, label: 1, reviewer: 'ann' }));
    const [bank, all] = [await setOf(few), await setOf([...few, ...said])];
    expect(bank.training.count).toBeLessThan(few.length / 2);
    expect(all.trainingByPeople).toBeGreaterThan(4);
    expect(all.training.count).toBe(bank.training.count + 2 * all.trainingByPeople);
  });

  it("gives up the oldest of people's labels for balance, and none of the bank's", async () => {
    const said = farNotes(400).map((note, time): Row => ({ note, label: 0, reviewer: 'ann', time }));
    const [bank, all] = [await setOf(alternating), await setOf([...alternating, ...said])];
    const [before, after] = [labels(bank.training), labels(all.training)];
    for (const [note, label] of Object.entries(before)) expect(after[Number(note)]).toBe(label);
    expect(all.roles.surplus).toBeGreaterThan(250);
    const kept = said.filter(({ note }) => after[note] !== undefined).map(({ time = 0 }) => time);
    expect(kept.length).toBe(all.trainingByPeople);
    expect(Math.min(...kept)).toBeGreaterThan(300);
  });
});

describe('notes that are all but the same', () => {
  const near = (note: number, times: number, label: 0 | 1): Row[] =>
    Array.from({ length: times }, (_, i) => ({
      note: note + i * 1e-9,
      label,
      reviewer: `name ${i}`,
      time: i,
    }));

  it('count as one, whoever labels them', async () => {
    const { trainingByPeople, holdoutByPeople, roles } = await setOf([...alternating, ...near(100.5, 60, 1)]);
    expect(holdoutByPeople.reduce((sum, person) => sum + person, trainingByPeople)).toBe(1);
    expect(Object.values(roles)).toEqual([60]);
  });

  it('are called what was said last', async () => {
    const { training, holdout, roles } = await setOf([
      ...alternating,
      ...near(100.5, 30, 1),
      { note: 100.5 + 4e-9, label: 0, reviewer: 'bob', time: 99 },
    ]);
    expect({ ...labels(training), ...labels(holdout) }[100.5]).toBe(0);
    expect(roles.superseded).toBe(30);
  });

  it("are told from the bank's notes, which keep their own label unless it is they that are meant", async () => {
    const note = await trainedNote();
    const { training, holdout } = await setOf([
      ...alternating,
      { note: note + 1e-9, label: 1, reviewer: 'ann' },
    ]);
    expect({ ...labels(training), ...labels(holdout) }).toMatchObject({ [note]: 0, [note + 1e-9]: 1 });
  });
});

describe('a sample', () => {
  const unbalanced = (): Database =>
    new Database(database.pool, new Password(async () => testPassword), { ...banknotes, balance: false });
  const bank = Array.from({ length: 3_000 }, (_, note): Row => ({ note, label: note % 100 === 0 ? 1 : 0 }));

  it('has no more rows than asked for, as many of a rare class as there are, and always the same ones', async () => {
    await setOf(bank);
    const read = (mostRows: number) => unbalanced().training.dataSet({ ...noCaps, mostRows });
    const [few, more] = [await read(400), await read(800)];
    expect(few.training.count + few.holdout.count).toBe(300);
    expect(more.training.count + more.holdout.count).toBe(600);
    for (const { training, holdout } of [few, more]) {
      const rare = [training, holdout].flatMap(({ classes }) => [...classes.filter(number => number === 1)]);
      expect(rare).toHaveLength(30);
    }
    const known = { ...labels(more.training), ...labels(more.holdout) };
    expect(known).toMatchObject({ ...labels(few.training), ...labels(few.holdout) });
  });

  it("has the newest of each reviewer's labels, however many another one has", async () => {
    const flood = farNotes(500).map(
      (note, time): Row => ({ note, label: 0, reviewer: '=eve', time: time + 100 }),
    );
    const said = farNotes(20, 100_000).map((note, time): Row => ({ note, label: 1, reviewer: '=ann', time }));
    const { roles } = await setOf([...alternating, ...flood, ...said], { ...noCaps, mostRows: 200 });
    const { rows } = await database.pool.query(
      'select reviewer, count(*)::int as rows from training where role is null and batch_id is not null group by 1 order by 1',
    );
    expect(rows).toEqual([
      { reviewer: 'ann', rows: 20 },
      { reviewer: 'eve', rows: 500 },
    ]);
    const read = Object.values(roles).reduce((sum, count) => sum + count, 0);
    expect(read).toBe(45);
  });

  it('takes back what it said of labels that it no longer reads', async () => {
    const old = farNotes(10).map((note, time): Row => ({ note, label: 0, reviewer: '=eve', time }));
    const { changes } = await setOf([...alternating, ...old]);
    await database.db.training.recordRoles(uuidFromName('job'), changes);
    await database.pool.query(
      `insert into training (batch_id, position, variance, skewness, curtosis, entropy, class, reviewer, verified, created)
       select $1, 1000 + n, 5000 + 500 * n, 0, 0, 5000 + n, 0, 'eve', true, to_timestamp(100 + n) from generate_series(1, 50) n`,
      [uuidFromName('batch', '9')],
    );
    const { changes: later } = await database.db.training.dataSet({ ...noCaps, mostRows: 200 });
    await database.db.training.recordRoles(uuidFromName('job'), later);
    const { rows } = await database.pool.query(
      `select role, count(*)::int as rows from training where created < to_timestamp(10) and batch_id is not null group by 1`,
    );
    expect(rows).toEqual([{ role: 'capped', rows: 10 }]);
  });
});

describe('names', () => {
  it('that nobody verified share one cap, and those that somebody did have one each', async () => {
    const said = (name: (i: number) => string) =>
      farNotes(400).map(
        (note, i): Row => ({ note, label: i % 2 === 0 ? 0 : 1, reviewer: name(i), batch: i }),
      );
    const caps = { ...noCaps, reviewerShare: 0.1 };
    const unverified = await setOf([...alternating, ...said(i => `name ${i % 30}`)], caps);
    expect(unverified.trainingByPeople / unverified.training.count).toBeLessThanOrEqual(0.11);
    const verified = await setOf([...alternating, ...said(i => `=name ${i % 30}`)], caps);
    expect(verified.roles.capped).toBeUndefined();
  });

  it('that differ only in how they are written share one cap, verified or not', async () => {
    const caps = { ...noCaps, reviewerShare: 0.1 };
    const ways = ['eve', 'Eve', ' e ve', 'e\u200bve', '\uff45ve'];
    const said = farNotes(400).map(
      (note, i): Row => ({
        note,
        label: i % 2 === 0 ? 0 : 1,
        reviewer: `=${ways[i % ways.length]}`,
        batch: i,
      }),
    );
    const { training, trainingByPeople } = await setOf([...alternating, ...said], caps);
    expect(trainingByPeople / training.count).toBeLessThanOrEqual(0.11);
    // Where nobody checks names, they take turns: one who writes one name in many ways has one turn.
    const ann = farNotes(100, 2_000).map(
      (note, i): Row => ({ note, label: i % 2 === 0 ? 0 : 1, reviewer: 'ann', batch: 1_000 + i }),
    );
    const unchecked = said.map(row => ({ ...row, reviewer: row.reviewer?.slice(1) ?? '' }));
    const shared = await setOf([...alternating, ...unchecked, ...ann], caps);
    const ofAnn = Object.keys(labels(shared.training)).filter(note => Number(note) >= 2_000).length;
    expect(ofAnn / shared.trainingByPeople).toBeGreaterThan(0.4);
  });

  it('that were verified count before those that were not, also before later ones', async () => {
    const trained = await trainedNote();
    const { training } = await setOf([
      ...alternating,
      { note: trained, label: 1, reviewer: '=ann', time: 1 },
      { note: trained, label: 0, reviewer: 'ann', time: 2 },
    ]);
    expect(labels(training)[trained]).toBe(1);
  });
});

it('leaves labels out that are set aside, and says so', async () => {
  const trained = await trainedNote();
  await setOf([...alternating, { note: trained, label: 1, reviewer: 'ann' }]);
  await database.pool.query("update training set set_aside = 'looks wrong' where batch_id is not null");
  const { training, roles, changes } = await database.db.training.dataSet(noCaps);
  expect(labels(training)[trained]).toBe(0);
  expect(roles).toEqual({ 'set aside': 1 });
  expect(changes).toMatchObject([{ role: 'set aside' }]);
});

it('holds other notes out where another salt was drawn, which nobody but the tables knows', async () => {
  const notes = alternating.map(row => ({ ...row, label: 1 as const }));
  const { holdout } = await setOf(notes);
  try {
    await database.asOwner(`update hold_out set salt = '\\x01'`);
    const other = await database.db.training.dataSet(noCaps);
    expect(other.holdout.count).toBeGreaterThan(20);
    expect(Object.keys(labels(other.holdout))).not.toEqual(Object.keys(labels(holdout)));
  } finally {
    await fixHoldOut(database.settings.DBNAME);
  }
  await expect(database.pool.query(`update hold_out set salt = '\\x02'`)).rejects.toMatchObject({
    code: '42501',
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
