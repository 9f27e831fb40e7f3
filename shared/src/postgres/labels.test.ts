import { randomUUID } from 'node:crypto';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { seededRandom } from '../learning/random.ts';

let test: TestDatabase;
beforeEach(async () => {
  test = await openTestDatabase();
});
afterEach(() => test.close());

const rules = { mostSuspicion: 0.7, tolerated: 0, reviewFar: false, verifiedOnly: false };
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));

/** Stores notes that were called real, and lets a reviewer say what they are. */
async function label(
  labels: readonly (0 | 1)[],
  reviewer: string,
  features = [1, 2, 3, 4],
  verified = false,
): Promise<string> {
  const batch_id = randomUUID();
  const subjects = labels.map((_, i) => `note ${i}`);
  const prediction = {
    batch_id,
    subjects,
    input: labels.map((_, i) => features.map(value => value + i / 100)),
    output: labels.map(() => 'real'),
  };
  await test.db.predictions.store({ prediction, created: at(0) });
  await rate(batch_id, labels, reviewer, 1, verified);
  return batch_id;
}

async function rate(
  batch_id: string,
  ratings: readonly (0 | 1 | null)[],
  reviewer: string,
  second: number,
  verified = false,
) {
  const subjects = ratings.map((_, i) => `note ${i}`);
  const word = { batch_id, subjects, ratings, reviewer, verified };
  const applied = await test.db.ratings.apply(word, at(second));
  await test.db.training.sync(batch_id, subjects);
  return applied;
}

/** What a check finds: the same of every label that has not been checked yet. */
async function check(plausibility: number, unlike = 0.5, oddity: string | null = null): Promise<void> {
  const { keys } = await test.db.labels.unchecked('a model', 100);
  const found = { plausibility, unlike, oddity };
  await test.db.labels.recordChecks(
    'a model',
    keys.map(key => ({ ...key, ...found })),
  );
}

const setAside = () => test.db.reviews.notes('look-again', 100);

it('sets a label aside that known rows make improbable, and says why', async () => {
  const batch = await label([0], 'eve');
  await check(0.001);
  expect(await test.db.labels.settle(rules)).toMatchObject({ setAside: 1, released: 0 });
  expect(await setAside()).toMatchObject([
    {
      batch_id: batch,
      subject: 'note 0',
      reviewer: 'eve',
      look_again: {
        label: 'fake',
        found_by: 'suspicion',
        reason: expect.stringContaining(
          'it says fake, and rows that no person labelled make that 0.1 % probable',
        ),
      },
    },
  ]);
  expect(await test.db.ratings.receipt(batch)).toMatchObject([
    { set_aside: expect.stringContaining('looks wrong') },
  ]);
  expect(await test.db.labels.settle(rules)).toMatchObject({ setAside: 0, released: 0 });
});

it('learns from a few labels that look wrong, and shows them for a second look', async () => {
  await label([0, 0], 'eve');
  await check(0.001);
  expect(await test.db.labels.settle({ ...rules, tolerated: 2 })).toMatchObject({ setAside: 0 });
  expect(await setAside()).toMatchObject([
    { look_again: { set_aside: false } },
    { look_again: { set_aside: false } },
  ]);
  await label([0], 'bob', [2, 3, 4, 5]);
  await check(0.001);
  expect(await test.db.labels.settle({ ...rules, tolerated: 2 })).toMatchObject({ setAside: 3 });
  expect(await setAside()).toMatchObject([1, 2, 3].map(() => ({ look_again: { set_aside: true } })));
});

it('believes a reviewer who is usually right more than one who errs', async () => {
  await label(
    Array.from({ length: 100 }, () => 1 as const),
    'ann',
    [1, 2, 3, 4],
    true,
  );
  await label(
    Array.from({ length: 100 }, () => 1 as const),
    'eve',
    [5, 6, 7, 8],
    true,
  );
  const { keys } = await test.db.labels.unchecked('a model', 1000);
  const known = { unlike: 0.5, oddity: null };
  const checks = keys.map((key, i) => ({
    ...key,
    ...known,
    plausibility: key.reviewer === 'eve' && i % 2 === 0 ? 0.2 : 0.999,
  }));
  const doubted = checks.findIndex(({ reviewer }) => reviewer === 'ann');
  await test.db.labels.recordChecks(
    'a model',
    checks.map((one, i) => (i === doubted ? { ...one, plausibility: 0.2 } : one)),
  );
  await test.db.labels.settle({ ...rules, mostSuspicion: 0.6 });
  expect(new Set((await setAside()).map(({ reviewer }) => reviewer))).toEqual(new Set(['eve']));
  const [ann, eve] = await test.db.reviewers.list(10);
  expect(ann).toMatchObject({ reviewer: 'ann', labels: 100, checked: 100, plausible: 99, set_aside: 0 });
  expect(eve).toMatchObject({ reviewer: 'eve', plausible: 50, set_aside: 50 });
  expect(ann?.reliability).toBeGreaterThan(0.95);
  expect(eve?.reliability).toBeLessThan(0.7);
});

it.each([
  ['another reviewer says the same', 'bob', [0]],
  ['another reviewer says something else', 'bob', [1]],
  ['the reviewer says something else', 'eve', [1]],
  ['the reviewer takes it back', 'eve', [null]],
] as const)('lets go of a label once %s', async (_what, reviewer, ratings) => {
  const batch = await label([0], 'eve');
  await check(0.001);
  await test.db.labels.settle(rules);
  expect(await rate(batch, ratings, reviewer, 2)).toMatchObject({ trainingIsStale: true });
  await check(0.999);
  await test.db.labels.settle(rules);
  expect(await setAside()).toEqual([]);
});

it.each(['EVE', ' eve', 'ｅｖｅ', 'e\u200bve', 'e\u00adve'])(
  'takes %j for the same reviewer as eve, also where names are checked',
  async variant => {
    const batch = await label([0], 'eve', undefined, true);
    await check(0.001);
    await test.db.labels.settle(rules);
    await rate(batch, [0], variant, 2, true);
    const strict = { ...rules, verifiedOnly: true };
    expect(await test.db.labels.settle(strict)).toMatchObject({ released: 0 });
    expect(await test.db.labels.settle(rules)).toMatchObject({ released: 0 });
    await rate(batch, [0], 'ann', 3, true);
    expect(await test.db.labels.settle(strict)).toMatchObject({ released: 1 });
  },
);

it('does not take the same reviewer, nor one without a name, for a second one', async () => {
  const batch = await label([0], 'eve');
  await check(0.001);
  await test.db.labels.settle(rules);
  await rate(batch, [0], 'eve', 2);
  await test.db.ratings.apply({ batch_id: batch, subjects: ['note 0'], ratings: [0] }, at(3));
  await test.db.training.sync(batch, ['note 0']);
  await test.db.labels.settle(rules);
  expect(await setAside()).toHaveLength(1);
});

it('takes only one whose name was checked for a second reviewer, where names are checked', async () => {
  const strict = { ...rules, verifiedOnly: true };
  const batch_id = await label([0], 'eve');
  await check(0.001);
  await test.db.labels.settle(strict);
  await rate(batch_id, [0], 'invented', 2);
  await test.db.labels.settle(strict);
  expect(await setAside()).toHaveLength(1);
  await rate(batch_id, [0], 'ann', 3, true);
  await test.db.labels.settle(strict);
  expect(await setAside()).toHaveLength(1);
  await rate(batch_id, [0], 'bob', 4, true);
  expect(await test.db.labels.settle(strict)).toMatchObject({ released: 1 });
});

it('lets a label of an item that nothing known is like wait only where that is asked for', async () => {
  await label([0], 'eve');
  await check(0.4, 0.999);
  expect(await test.db.labels.settle(rules)).toEqual({ setAside: 0, released: 0, far: 1 });
  expect(await test.db.labels.settle({ ...rules, reviewFar: true })).toEqual({
    setAside: 1,
    released: 0,
    far: 0,
  });
  expect(await setAside()).toMatchObject([{ look_again: { found_by: 'distance' } }]);
  await label([0], 'ann');
  await check(0.4, 0.999);
  await test.db.labels.settle({ ...rules, reviewFar: true });
  expect(await setAside()).toHaveLength(2);
  for (const name of ['bob', 'cid']) await label([0], name, [1, 2, 3, 4], true);
  await check(0.4, 0.999);
  expect(await test.db.labels.settle({ ...rules, reviewFar: true })).toMatchObject({ released: 2 });
});

it('leaves the last word to an operator', async () => {
  const batch = await label([0, 1], 'eve');
  await check(0.001, 0.5, 'Its variance is 36216.');
  await test.db.labels.settle(rules);
  expect((await setAside())[0]?.look_again).toMatchObject({
    found_by: 'oddity',
    reason: 'Its variance is 36216.',
  });
  const word = { by: 'ann', why: 'I have held it in my hands' };
  expect(await test.db.labels.decide(batch, 'note 0', { learn: true, ...word })).toBe(true);
  expect(await test.db.labels.decide(batch, 'nobody', { learn: true, ...word })).toBe(false);
  await test.db.labels.settle(rules);
  expect(await setAside()).toMatchObject([{ subject: 'note 1' }]);
  await test.db.labels.decide(batch, 'note 0', { learn: false, ...word });
  await test.db.labels.settle(rules);
  expect(await setAside()).toContainEqual(
    expect.objectContaining({
      subject: 'note 0',
      look_again: expect.objectContaining({
        found_by: 'operator',
        reason: 'Set aside by ann: I have held it in my hands',
      }),
    }),
  );
});

it('keeps what held learning back aside, also where a second reviewer had agreed before', async () => {
  const batch = await label([0], 'eve');
  await rate(batch, [0], 'bob', 2);
  await check(0.4);
  const { keys } = await test.db.labels.used(100);
  expect(await test.db.labels.setAside(keys, 'No model passes with it.')).toBe(1);
  await test.db.labels.settle(rules);
  expect(await test.db.quality.learning()).toEqual({ setAside: 1, refusalsInARow: 0 });
  expect(await test.db.labels.used(100)).toMatchObject({ keys: [] });
  await rate(batch, [0], 'eve', 3);
  await rate(batch, [0], 'bob', 4);
  await label([0], 'eve');
  await test.db.labels.settle(rules);
  expect(await test.db.quality.learning()).toMatchObject({ setAside: 1 });
  await rate(batch, [0], 'ann', 5);
  await test.db.labels.settle(rules);
  expect(await test.db.quality.learning()).toMatchObject({ setAside: 0 });
});

it('says who agrees with whom whatever the order in which their words arrive', async () => {
  const words = [
    ['eve', 0, 1],
    ['bob', 0, 2],
    ['eve', 0, 3],
    ['cid', 1, 2],
  ] as const;
  const outcomes: unknown[] = [];
  for (const order of [words, words.toReversed()]) {
    const batch = randomUUID();
    const subjects = ['note 0'];
    const input = [[7, outcomes.length, 7, 7]];
    const prediction = { batch_id: batch, subjects, input, output: ['real'] };
    await test.db.predictions.store({ prediction, created: at(0) });
    for (const [reviewer, rating, second] of order) await rate(batch, [rating], reviewer, second);
    await check(0.3);
    await test.db.labels.settle(rules);
    const { rows } = await test.pool.query(
      'select class, reviewer, seconded_by from training where batch_id = $1',
      [batch],
    );
    outcomes.push(...rows);
  }
  const expected = { class: 0, reviewer: 'eve', seconded_by: 'bob' };
  expect(outcomes).toEqual([expected, expected]);
});

it('lets invented names vouch for a few labels that look wrong, but not for many', async () => {
  const labels = Array.from({ length: 11 }, () => 0 as const);
  const batch = await label(labels, 'eve');
  await check(0.001);
  await rate(batch, labels.slice(0, 10), 'mallory', 2);
  await test.db.labels.settle(rules);
  expect(await setAside()).toMatchObject([{ subject: 'note 10' }]);
  await rate(batch, labels, 'mallory', 3);
  await test.db.labels.settle(rules);
  const listed = await setAside();
  expect(listed).toHaveLength(11);
  expect(listed[0]?.look_again?.reason).toContain('an operator can settle it');
});

it('does not hold what was said under an unchecked name against the one whose name it is', async () => {
  const word = [0 as const];
  await label(word, 'ann', [5, 5, 5, 5]);
  await check(0.15, 0.999);
  await label(
    Array.from({ length: 60 }, () => 0 as const),
    'ann',
  );
  await check(0.001);
  await test.db.labels.settle(rules);
  expect(await setAside()).toHaveLength(60);
});

it('counts what is known of reviewers on as labels come, change and go, as counting all of them anew would', async () => {
  const random = seededRandom(1);
  const some = (count: number) => Math.floor(random() * count);
  const batches: string[] = [];
  for (let step = 0; step < 30; step += 1) {
    const reviewer = ['ann', 'bob', 'eve'][some(3)] ?? '';
    const labels = Array.from({ length: 1 + some(4) }, () => (random() < 0.5 ? (0 as const) : (1 as const)));
    if (random() < 0.5) batches.push(await label(labels, reviewer, [1 + step / 10, 2, 3, 4]));
    const batch = batches[some(batches.length)];
    const ratings = labels.map(one => (random() < 0.2 ? null : one));
    if (batch && random() < 0.7) await rate(batch, ratings, reviewer, 2 + step);
    const word = { learn: random() < 0.5, by: 'ann', why: 'seen' };
    if (batch && random() < 0.2) await test.db.labels.decide(batch, 'note 0', word);
    if (random() < 0.7) await check(random(), random() < 0.2 ? 0.995 : 0.5);
    const { keys } = await test.db.labels.used(2);
    if (random() < 0.2) await test.db.labels.setAside(keys, 'No model passes with it.');
    await test.db.labels.settle({ ...rules, mostSuspicion: 0.3, reviewFar: step % 2 === 0 });
    const { rows: counted } = await test.pool.query(`
      select reviewer, checked::int, improbable::int, round(doubt, 9) as doubt from reviewer_counts
      where (checked, improbable, doubt) <> (0, 0, 0) order by reviewer`);
    const { rows: anew } = await test.pool.query(`
      with label as (
        select *, seconded_by is null and kept_by is null as is_open from training
        where batch_id is not null and unlike < 0.99 and plausibility is not null
      )
      select reviewer, count(*)::int as checked, (count(*) filter (where is_open and plausibility < 0.5))::int as improbable,
        round(coalesce(sum(least(plausibility, 1 - plausibility)::numeric) filter (where is_open), 0), 9) as doubt
      from label group by reviewer order by reviewer`);
    expect(counted).toEqual(anew);
  }
});
