import { createHash, randomBytes } from 'node:crypto';
import { type DataSet, type ModelMessage, TransientError, uuidFromName } from '@banknote-loop/shared';
import { formatTraceparent, type Trace } from '@banknote-loop/shared/base';
import { contentHash, type ModelStore } from '@banknote-loop/shared/bucket';
import {
  backgroundOf,
  classificationReport,
  encodeModelFile,
  encodeOutOfFold,
  type GateDecision,
  mostEarlier,
  outOfFoldName,
  probeEncoded,
  type TrainingOutcome,
  type TrainingRefusal,
  type TrainingSet,
  tableOf,
  train,
} from '@banknote-loop/shared/classifier';
import { chooseBackend, compileModel, type Learned, type TensorFlow } from '@banknote-loop/shared/learning';
import type { Database, DecideAlone, PromotedModel, TrainingData } from '@banknote-loop/shared/postgres';
import { describeLearning } from './describe-learning.ts';
import { type Judgement, type JudgeSettings, judge, reportOn, respectPin } from './judge.ts';
import { type Champion, findRepeats, loadChampion, whyPinLapsed } from './rival.ts';

export interface TrainingContext {
  readonly dataSet: DataSet;
  readonly db: Database;
  readonly store: ModelStore;
  readonly gate: JudgeSettings;
  readonly rules: { readonly budgetSeconds: number };
  /** The model that answers now. */
  readonly live: PromotedModel | undefined;
  readonly decideAlone: DecideAlone;
  /** Where this training stands in its trace. */
  readonly trace: Trace;
  /** When the work on this model began, by `performance.now()`. */
  readonly startedAt: number;
}

/**
 * While no model answers, everybody waits: the first one is chosen in a share of the time, and of many numbers, of each of
 * which less hangs on a choice, in a small one.
 */
const firstShare = 0.5;
const manyNumbers = 20_000;
const firstShareOfMany = 0.1;

/** Trains, judges, stores and records one model; the message that it returns is all there is to say of it. */
export async function makeModel(set: TrainingData, context: TrainingContext): Promise<ModelMessage> {
  const { dataSet, db, store, gate, live, trace, startedAt } = context;
  const { fingerprint, training, holdout } = set;
  const secondsOfStep = startStopwatch(startedAt);
  const { tf, name: backend } = await chooseBackend();
  const decidedAt = await db.decisions.nextTime();
  const origin = { created: decidedAt.toISOString(), fingerprint, seed: seedOf(fingerprint), backend };
  const champion = await loadOpponent(context);
  const best = champion?.best ?? champion;
  const data_prep_time = secondsOfStep();

  const outcome = await learnRows(tf, training, origin.seed, champion, context);
  const training_time = secondsOfStep();

  const answers = await db.predictions.newest(gate.flipRows);
  const judgement = outcome.trained
    ? judge(
        { ...outcome, ...compileModel(outcome.model) },
        { dataSet, champion, set, answers, settings: gate },
      )
    : refuseUntrained(outcome);
  const decision = respectPin(
    crown(judgement.decision, { champion, fingerprint, live }),
    live,
    await whyPinLapsed(dataSet, { db, store }, live),
  );
  const { accuracy = 0, logLoss = 0 } = decision.challenger ?? {};
  const testing_time = secondsOfStep();

  const model_file_name = fileNameOf(decidedAt);
  let content_sha256: string | undefined;
  if (outcome.trained) {
    const metrics = { trainingRows: training.count, holdOutRows: holdout.count, accuracy, logLoss };
    const { model } = outcome;
    // With its whole time the next training may choose better.
    const choice = isFirstChoice(outcome, live) ? undefined : outcome.choice;
    const probes = probeEncoded(model, probeRows(training));
    const background = backgroundOf(tableOf(dataSet, training).values, training.columns);
    const facts = { ...origin, metrics, probes, background, ...(choice && { choice }) };
    const text = encodeModelFile(dataSet, { ...facts, model });
    content_sha256 = contentHash(text);
    await store.save(model_file_name, text);
    const bestNow = decision.provedBest ? null : best?.fileName;
    await store.save(
      outOfFoldName(model_file_name),
      encodeOutOfFold(training, outcome.scores, bestNow ?? null),
    );
  }
  const parent = champion?.fileName ?? null;
  const message: ModelMessage = {
    // The same rows against the same champion make the same job: a training repeated after a crash counts once.
    job_id: uuidFromName('job', fingerprint, parent ?? ''),
    model_file_name,
    records: training.count,
    accuracy,
    report: {
      ...(decision.challenger && classificationReport(decision.challenger)),
      ...reportOn(dataSet, decision, judgement.flips),
      besideBest: best && decision.besideBest ? { best: best.fileName, ...decision.besideBest } : null,
      learning: outcome.trained
        ? {
            ...describeLearning(dataSet, outcome, holdout, origin.seed),
            ...(isFirstChoice(outcome, live) && { hurried: true }),
          }
        : null,
      data: describeData(set),
      seed: origin.seed,
      backend,
      stored: outcome.trained,
    },
    data_prep_time,
    training_time,
    testing_time,
    promoted: decision.promoted,
    reason: decision.reason,
    fingerprint,
    parent,
    ...(content_sha256 && { content_sha256 }),
    created: origin.created,
    traceparent: formatTraceparent(trace),
  };
  await context.decideAlone(async () => {
    if (!isSameDecision(live, await db.models.live()))
      throw new DecidedMeanwhile('Somebody decided on models while one was being trained.');
    await db.models.record(message, decidedAt);
  });
  return message;
}

/** While a model was being made, somebody decided which one answers: what it was judged against and when no longer holds. */
export class DecidedMeanwhile extends TransientError {}

function isSameDecision(one: PromotedModel | undefined, other: PromotedModel | undefined): boolean {
  return (
    one?.model_file_name === other?.model_file_name &&
    one?.kind === other?.kind &&
    one?.created === other?.created
  );
}

/**
 * Asks of rows whether a model of them would be promoted now; nothing is stored or recorded. Rows that differ only in those
 * that judge need no other model.
 */
export async function openTrial(
  context: Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'gate' | 'rules' | 'live'>,
): Promise<(set: TrainingData) => Promise<boolean>> {
  const { dataSet, gate } = context;
  const [{ tf }, champion] = await Promise.all([chooseBackend(), loadOpponent(context)]);
  const made = new Map<string, TrainingOutcome>();
  return async set => {
    const { training } = set;
    const key = createHash('sha256').update(training.features).update(training.classes).digest('hex');
    const outcome = made.get(key) ?? (await learnRows(tf, training, seedOf(key), champion, context));
    made.set(key, outcome);
    if (!outcome.trained) return false;
    const challenger = { ...outcome, ...compileModel(outcome.model) };
    return judge(challenger, { dataSet, champion, set, answers: [], settings: gate }).decision.promoted;
  };
}

/** A model that a person put in its place has nothing to prove to those before it. */
async function loadOpponent({
  dataSet,
  db,
  store,
  live,
}: Pick<TrainingContext, 'dataSet' | 'db' | 'store' | 'live'>): Promise<Champion | undefined> {
  const champion = await loadChampion(dataSet, { db, store }, live?.model_file_name);
  if (!champion) return undefined;
  const byHand = live?.kind === 'promotion' || live?.kind === 'pin';
  const best = byHand ? undefined : champion.best;
  const { fileName } = best ?? champion;
  const [earlier, repeats] = await Promise.all([
    db.models.besideBest(fileName, mostEarlier),
    findRepeats(store, fileName),
  ]);
  return { ...champion, best, earlier, repeats };
}

/** What was chosen for the champion is kept while the rows are about the same, so that a correction is not kept waiting. */
function learnRows(
  tf: TensorFlow,
  training: TrainingSet,
  seed: number,
  champion: Champion | undefined,
  { dataSet, rules, live }: Pick<TrainingContext, 'dataSet' | 'rules' | 'live'>,
): Promise<TrainingOutcome> {
  const first = training.count * training.columns > manyNumbers ? firstShareOfMany : firstShare;
  const budgetSeconds = rules.budgetSeconds * (live ? 1 : first);
  return train(tf, dataSet, training, { seed, budgetSeconds, choice: champion?.facts.choice });
}

/** Whether a first model was chosen among fewer candidates, or by fewer rows, than the time of a later one allows. */
function isFirstChoice({ isHurried }: Pick<Learned, 'isHurried'>, live: PromotedModel | undefined): boolean {
  return isHurried && !live;
}

/** A first model that had to be there soon has proved nothing: the one made of the same rows in its whole time is the best. */
function crown(
  decision: GateDecision,
  {
    champion,
    fingerprint,
    live,
  }: Pick<TrainingContext, 'live'> &
    Pick<TrainingData, 'fingerprint'> & {
      readonly champion: Champion | undefined;
    },
): GateDecision {
  const wasHurried = champion?.outOfFold && !champion.best && !champion.facts.choice;
  const takesItsPlace = decision.promoted && wasHurried && live?.fingerprint === fingerprint;
  return takesItsPlace ? { ...decision, provedBest: true } : decision;
}

/** Rows that nothing can be learned from end in a refusal like any other. */
function refuseUntrained({ rule, reason }: TrainingRefusal): Judgement {
  return { decision: { promoted: false, rule, reason } };
}

/** Where the rows came from, and what became of each of people's labels. */
export function describeData({ training, trainingByPeople, holdout, holdoutByPeople, roles }: TrainingData) {
  const judgedByPeople = holdoutByPeople.reduce((sum, person) => sum + person, 0);
  return {
    training: { bank: training.count - trainingByPeople, people: trainingByPeople },
    holdout: { bank: holdout.count - judgedByPeople, people: judgedByPeople },
    labels: { ...roles },
  };
}

/** The same rows are trained on with the same seed, so that a training can be repeated to the bit. */
function seedOf(fingerprint: string): number {
  return Number.parseInt(fingerprint.slice(0, 8), 16);
}

/** Tells a person when it was made, and no two apart: however many are made in one millisecond, on any machine. */
export function fileNameOf(created: Date): string {
  const time = created.toISOString().replaceAll(/[-:.]/g, '');
  return `model-${time}-${randomBytes(6).toString('hex')}.json`;
}

const probeCount = 8;

/** A few rows to test the model with wherever it is loaded. */
function probeRows({ features, columns, count }: TrainingSet): Float64Array {
  const step = Math.max(1, Math.floor(count / probeCount));
  return Float64Array.from({ length: Math.min(probeCount, count) * columns }, (_, place) => {
    const row = Math.floor(place / columns) * step;
    return features[row * columns + (place % columns)] ?? Number.NaN;
  });
}

/** Gives the seconds of wall clock since it was last asked. */
export function startStopwatch(startedAt: number): () => number {
  let last = startedAt;
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
}
