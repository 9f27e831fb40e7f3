import { KeyRing } from '@banknote-loop/shared/base';
import { scopes as allScopes, type FeedbackMessage } from '@banknote-loop/shared/contract';
import { RatingSignatures } from '@banknote-loop/shared/pubsub';
import { aPrediction } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import { patchBatch } from './batches.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

const signatures = new RatingSignatures(new KeyRing(async () => `ours:${'a'.repeat(64)}`));

interface Said {
  readonly reviewer?: string;
  readonly ratings?: FeedbackMessage['ratings'];
  readonly scopes?: readonly string[];
  readonly verified?: boolean;
}

/** Somebody rates a batch; answers what was published for it. */
async function rate(
  batchId: string,
  { reviewer, ratings = [1, 0], scopes = ['notes:rate'], verified = true }: Said,
) {
  const published: unknown[] = [];
  const context = {
    caller: { principal: 'mira', address: '192.0.2.1', verified, scopes: new Set(scopes) },
    signatures,
    db: test.db,
    publish: async (_topic: unknown, message: unknown) => void published.push(message),
  };
  const body = { subjects: ['a', 'b'], ratings, ...(reviewer && { reviewer }) };
  await patchBatch(banknotes).handle({ params: { id: batchId }, query: undefined, body }, context);
  return published;
}

async function aBatch(): Promise<string> {
  const prediction = aPrediction();
  await test.db.predictions.store({ prediction, created: new Date(0) });
  return prediction.batch_id;
}

const records = () => test.db.audit.newest(1, undefined, {});

it('rates as whoever the token proves, and signs that', async () => {
  const id = await aBatch();
  const signed = { reviewer: 'mira', verified: true, signature: expect.any(String) };
  expect(await rate(id, {})).toMatchObject([signed]);
  expect(await rate(id, { reviewer: 'mira' })).toMatchObject([signed]);
});

it("rates under another's name only with a scope for that, which is on record", async () => {
  const id = await aBatch();
  const every = allScopes.filter(scope => scope !== 'notes:rate-for');
  await expect(rate(id, { reviewer: 'theo', scopes: every })).rejects.toMatchObject({
    status: 403,
    field: 'reviewer',
  });
  const [said] = await rate(id, { reviewer: 'theo', scopes: ['notes:rate-for'] });
  expect(said).toMatchObject({ reviewer: 'theo', verified: undefined });
  // The token proves who speaks, and not for whom: whoever speaks for many is not many.
  expect(said).not.toHaveProperty('signature');
  expect(await records()).toMatchObject([
    { who: 'mira', action: 'rating-for-another', target: `batch ${id}` },
  ]);
});

it('writes down what is taken back before it is', async () => {
  const id = await aBatch();
  await rate(id, { ratings: [1, null] });
  expect(await records()).toMatchObject([{ who: 'mira', address: '192.0.2.1', action: 'withdrawal' }]);
});

it('makes nobody verified where nobody signs in, whatever the body says', async () => {
  const [said] = await rate(await aBatch(), { reviewer: 'theo', verified: false });
  expect(said).toMatchObject({ reviewer: 'theo' });
  expect(said).not.toHaveProperty('signature');
  expect(said).toMatchObject({ verified: undefined });
});
