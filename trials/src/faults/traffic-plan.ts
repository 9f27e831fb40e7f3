import type { RequestMessage } from '@banknote-loop/shared/contract';
import type { Random } from '@banknote-loop/shared/learning';
import { makeBatch } from '@banknote-loop/testing/traffic/batches';
import { type MalformedKind, malformedKinds } from '@banknote-loop/testing/traffic/malformed';

export interface Rating {
  readonly subject: string;
  readonly rating: 0 | 1 | null;
}

/** One message that somebody publishes. */
export type Sending =
  | { readonly kind: 'batch'; readonly batch: RequestMessage }
  | { readonly kind: 'feedback'; readonly batchId: string; readonly ratings: readonly Rating[] }
  | { readonly kind: 'malformed'; readonly id: string; readonly malformed: MalformedKind };

export interface PlanOptions {
  /** Tells the batches of one plan from those of another. */
  readonly name: string;
  readonly notes: number;
  readonly ratings: number;
  /** The share of all messages that are malformed. */
  readonly malformed: number;
}

const largestBatch = 40;
const ratingsAtOnce = 3;
const earlyShare = 0.1;
const againShare = 0.15;

/** Everything that is going to be published, in order. Ratings come some time after their batch, and a few before it. */
export function planTraffic(options: PlanOptions, random: Random): readonly Sending[] {
  const batches = planBatches(options, random);
  const placed = batches.map((batch, i) => ({ at: i, sending: { kind: 'batch', batch } as Sending }));
  for (let left = options.ratings; left > 0; ) {
    const i = Math.floor(random() * batches.length);
    const batch = batches[i];
    if (!batch) break;
    const ratings = pickSubjects(batch, Math.min(left, ratingsAtOnce), random).map(subject => ({
      subject,
      rating: pickRating(random),
    }));
    const early = random() < earlyShare;
    const rounds = random() < againShare ? 2 : 1;
    for (let round = 0; round < rounds && left > 0; round += 1) {
      // Said once more, perhaps not alike: the later word counts.
      const said = ratings
        .map(one => (round === 0 ? one : { ...one, rating: pickRating(random) }))
        .slice(0, left);
      const at = early ? i - random() * 20 : i + random() * (batches.length - i);
      placed.push({
        at: at + round * 0.1,
        sending: { kind: 'feedback', batchId: batch.batch_id, ratings: said },
      });
      left -= said.length;
    }
  }
  const count = Math.round((placed.length * options.malformed) / (1 - options.malformed));
  for (let i = 0; i < count; i += 1) {
    // Every kind as often as any other.
    const malformed = malformedKinds[i % malformedKinds.length];
    if (!malformed) break;
    const id = `${options.name}, malformed ${i}`;
    placed.push({ at: random() * batches.length, sending: { kind: 'malformed', id, malformed } });
  }
  return placed.sort((a, b) => a.at - b.at).map(({ sending }) => sending);
}

function planBatches({ name, notes }: PlanOptions, random: Random): readonly RequestMessage[] {
  const batches: RequestMessage[] = [];
  for (let left = notes; left > 0; ) {
    // Most batches are small, as most are in life.
    const size = Math.min(left, 1 + Math.floor(largestBatch * random() ** 3));
    batches.push(makeBatch(`${name}, batch ${batches.length}`, size, random));
    left -= size;
  }
  return batches;
}

function pickSubjects({ subjects }: RequestMessage, count: number, random: Random): readonly string[] {
  const picked = Array.from({ length: count }, () => subjects[Math.floor(random() * subjects.length)] ?? '');
  return [...new Set(picked)];
}

/** People mostly agree with a good model, now and then do not, and rarely take a word back. */
function pickRating(random: Random): 0 | 1 | null {
  const draw = random();
  if (draw < 0.02) return null;
  return draw < 0.05 ? 0 : 1;
}
