import type { RequestMessage } from '@banknote-loop/shared/contract';
import { classNames } from '@banknote-loop/shared/contract';
import type { Random } from '@banknote-loop/shared/learning';
import type { BatchMaker } from '@banknote-loop/testing/traffic/batches';
import { malformedKinds as kindsFor, type MalformedKind } from '@banknote-loop/testing/traffic/malformed';

export interface Rating {
  readonly subject: string;
  readonly rating: 0 | 1 | null;
  /** What it is instead, where somebody says so: of more than two classes "wrong" does not tell. */
  readonly label: string | null;
}

/** One message that somebody publishes. */
export type Sending =
  | { readonly kind: 'batch'; readonly batch: RequestMessage }
  | { readonly kind: 'feedback'; readonly batchId: string; readonly ratings: readonly Rating[] }
  | { readonly kind: 'malformed'; readonly id: string; readonly malformed: MalformedKind };

export interface PlanOptions {
  readonly traffic: BatchMaker;
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
  const { dataSet } = options.traffic;
  const classes = classNames(dataSet);
  const malformedKinds = kindsFor(dataSet);
  const batches = planBatches(options, random);
  const placed = batches.map((batch, i) => ({ at: i, sending: { kind: 'batch', batch } as Sending }));
  for (let left = options.ratings; left > 0; ) {
    const i = Math.floor(random() * batches.length);
    const batch = batches[i];
    if (!batch) break;
    const ratings = pickSubjects(batch, Math.min(left, ratingsAtOnce), random).map(subject => ({
      subject,
      ...pickRating(classes, random),
    }));
    const early = random() < earlyShare;
    const rounds = random() < againShare ? 2 : 1;
    for (let round = 0; round < rounds && left > 0; round += 1) {
      // Said once more, perhaps not alike: the later word counts.
      const said = ratings
        .map(one => (round === 0 ? one : { ...one, ...pickRating(classes, random) }))
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

function planBatches({ traffic, name, notes }: PlanOptions, random: Random): readonly RequestMessage[] {
  const batches: RequestMessage[] = [];
  for (let left = notes; left > 0; ) {
    // Most batches are small, as most are in life.
    const size = Math.min(left, 1 + Math.floor(largestBatch * random() ** 3));
    batches.push(traffic.makeBatch(`${name}, batch ${batches.length}`, size, random));
    left -= size;
  }
  return batches;
}

function pickSubjects({ subjects }: RequestMessage, count: number, random: Random): readonly string[] {
  const picked = Array.from({ length: count }, () => subjects[Math.floor(random() * subjects.length)] ?? '');
  return [...new Set(picked)];
}

/** People mostly agree with a good model, now and then do not, and rarely take a word back. */
function pickRating(classes: readonly string[], random: Random): Pick<Rating, 'rating' | 'label'> {
  const draw = random();
  if (draw < 0.02) return { rating: null, label: null };
  if (draw >= 0.05) return { rating: 1, label: null };
  const saysWhat = classes.length > 2 && random() < 0.7;
  return { rating: 0, label: saysWhat ? (classes[Math.floor(random() * classes.length)] ?? null) : null };
}
