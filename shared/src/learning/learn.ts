import { setImmediate } from 'node:timers/promises';
import type { TensorFlow } from './backend.ts';
import { type Blended, finalBlend, gainOf, tryBlend } from './blend.ts';
import type { Fitted, Task } from './candidate.ts';
import { type Candidate, catalog, type Family, type Member, mostKinds, type Size } from './catalog.ts';
import { costOf, mostCost } from './cost.ts';
import { stratifiedFolds } from './folds.ts';
import { mostOneHot } from './inputs.ts';
import { type Metrics, measure } from './metrics.ts';
import type { Model } from './model.ts';
import { fitNovelty } from './novelty/novelty.ts';
import { withoutSlips } from './slips.ts';
import { type Column, classShares, type LabelledTable } from './table.ts';

export interface LearnOptions {
  readonly seed: number;
  /** About how long learning and choosing may take. What is tried is counted out beforehand, not stopped by a clock. */
  readonly budgetSeconds?: number;
  /** An earlier choice, kept as long as the rows are about the same. */
  readonly choice?: Choice;
}

/** Which candidates make the model, and what the choice was founded on. */
export interface Choice {
  readonly members: readonly string[];
  readonly rows: number;
  readonly columns: number;
  readonly classCount: number;
  readonly logLoss: number;
}

/** How a candidate did on rows that it had not learned from. */
export interface CandidateReport extends Metrics {
  readonly name: string;
  readonly family: Family;
  readonly seconds: number;
  readonly chosen: boolean;
}

export interface LearnReport {
  readonly candidates: readonly CandidateReport[];
  /** The model that was chosen, calibrated, on rows that it had not learned from. */
  readonly chosen: Metrics;
  readonly why: string;
  readonly folds: number;
  readonly seconds: number;
}

export interface Learned {
  readonly model: Model;
  /** For every row the probability of each class, by a model that has not learned from that row. */
  readonly scores: Float64Array;
  readonly choice: Choice;
  /** Whether candidates were left out, or saw fewer rows, for lack of time: with more, the choice may be another. */
  readonly isHurried: boolean;
  readonly report: LearnReport;
}

interface Race {
  readonly tried: Tried[];
  readonly isHurried: boolean;
}

interface Tried extends Fitted<Member> {
  readonly candidate: Candidate;
  readonly calibrated: Blended;
  readonly seconds: number;
}

const defaultBudgetSeconds = 20;
/** The rest of the budget is for machines slower than the one on which seconds were counted, and for the choice itself. */
const countedShare = 0.5;
/** No fit sees fewer rows for lack of time. */
const fewestRows = 2_000;
/** What the first candidate of a family may take of the time. */
const mostForFirst = 0.45;
/** Where less than this share of what there was to learn is left, no more candidates are tried. */
const littleLeft = 0.012;
/** A blend must gain so many standard errors. */
const moreThanChance = 0.5;

/** Tries candidates by cross-validation, chooses one or a blend by log loss, and makes the model. */
export async function learn(tf: TensorFlow, given: LabelledTable, options: LearnOptions): Promise<Learned> {
  const startedAt = performance.now();
  const table = withoutSlips(given);
  const task = openTask(table, options);
  const kept = options.choice && isStillGood(options.choice, table) ? options.choice : undefined;
  let { tried, isHurried } = kept ? await tryNamed(tf, task, kept, options) : await race(tf, task, options);
  let members = kept ? inOrderOf(kept, tried) : chooseMembers(task, tried);
  let why = kept ? 'The choice made earlier was kept: the rows are about as many as they were.' : '';
  let blended = blendOf(task, members);
  if (kept && blended.loss > kept.logLoss * 1.2 + 0.01) {
    ({ tried, isHurried } = await race(tf, task, options));
    members = chooseMembers(task, tried);
    blended = blendOf(task, members);
    why = '';
  }
  const scores = blended.logScores.map(Math.exp);
  const parts = members.map(({ logScores }) => logScores);
  return {
    model: {
      columns: table.columns,
      classCount: table.classCount,
      members: members.map(({ model }) => model),
      blend: finalBlend(table, task.folds, parts, task.seed),
      novelty: fitNovelty(table, task.seed),
    },
    scores,
    choice: {
      members: members.map(({ candidate }) => candidate.name),
      rows: kept && why ? kept.rows : table.count,
      columns: table.columns.length,
      classCount: table.classCount,
      logLoss: kept && why ? kept.logLoss : blended.loss,
    },
    isHurried,
    report: {
      candidates: tried.map(one => reportOf(table, one, members.includes(one))),
      chosen: measure({ scores, classes: table.classes, classCount: table.classCount }),
      why: why || explain(task, members, tried),
      folds: task.folds.count,
      seconds: (performance.now() - startedAt) / 1_000,
    },
  };
}

function openTask(table: LabelledTable, { seed }: LearnOptions): Task {
  const folds = table.count > 100_000 ? 3 : 5;
  return { table, folds: stratifiedFolds(table, folds, seed), seed, mostRows: Infinity };
}

/** A choice outlives a few more rows, for making it anew would keep a correction waiting. */
function isStillGood({ members, rows, columns, classCount }: Choice, table: LabelledTable): boolean {
  return (
    members.every(member => catalog.some(({ name }) => name === member)) &&
    columns === table.columns.length &&
    classCount === table.classCount &&
    table.count < rows * 1.25 &&
    table.count > rows * 0.8
  );
}

async function tryNamed(
  tf: TensorFlow,
  task: Task,
  { members }: Choice,
  options: LearnOptions,
): Promise<Race> {
  const share = countedBudget(options) / members.length;
  const size = sizeOf(task);
  const tried: Tried[] = [];
  let isHurried = false;
  for (const candidate of catalog.filter(({ name }) => members.includes(name))) {
    const mostRows = affordableRows(candidate, size, share);
    isHurried ||= mostRows < size.seen;
    tried.push(await tryCandidate(tf, { ...task, mostRows }, candidate));
  }
  return { tried, isHurried };
}

function countedBudget({ budgetSeconds = defaultBudgetSeconds }: LearnOptions): number {
  return budgetSeconds * countedShare;
}

async function race(tf: TensorFlow, task: Task, options: LearnOptions): Promise<Race> {
  const budget = countedBudget(options);
  const size = sizeOf(task);
  let left = budget;
  let isHurried = false;
  const entropy = classShares(task.table).reduce((sum, share) => sum - share * Math.log(share), 0);
  const tried: Tried[] = [];
  for (const candidate of catalog.filter(({ suits }) => suits(size))) {
    // The first of a family sees as many rows as its share of the time allows; others join if they fit in whole.
    const isFirst = !tried.some(one => one.candidate.family === candidate.family);
    const mostRows = isFirst
      ? affordableRows(candidate, size, Math.min(left, budget * mostForFirst))
      : task.mostRows;
    const seconds = candidate.seconds({ ...size, seen: Math.min(size.seen, mostRows) });
    isHurried ||= mostRows < size.seen || seconds > left;
    if (seconds > left) continue;
    left -= seconds;
    tried.push(await tryCandidate(tf, { ...task, mostRows }, candidate));
    const best = Math.min(...tried.map(({ calibrated }) => calibrated.loss));
    if (tried.length >= 2 && best < littleLeft * entropy) break;
  }
  if (tried.length === 0) tried.push(await tryCheapest(tf, task, size));
  return { tried, isHurried };
}

/** Something must answer, however little time there is for however wide a table. */
function tryCheapest(tf: TensorFlow, task: Task, size: Size): Promise<Tried> {
  const seen = Math.min(size.seen, fewestRows);
  const sorted = catalog
    .filter(({ suits }) => suits(size))
    .toSorted((a, b) => a.seconds({ ...size, seen }) - b.seconds({ ...size, seen }));
  const [cheapest] = sorted;
  if (!cheapest) throw new Error('No candidate suits the table.');
  return tryCandidate(tf, { ...task, mostRows: seen }, cheapest);
}

/** Half as many rows, and half of those again, until the time is enough. */
function affordableRows(candidate: Candidate, size: Size, seconds: number): number {
  let seen = size.seen;
  while (seen > fewestRows && candidate.seconds({ ...size, seen }) > seconds) seen /= 2;
  return Math.ceil(seen);
}

function sizeOf({ table, folds }: Task): Size {
  const { columns, count, values } = table;
  const some = Math.min(count, 255);
  const bins = columns.map((column, index) => {
    if (column.kind === 'category') return Math.min(column.size, 253) + 2;
    return new Set(Array.from({ length: some }, (_, row) => values[row * columns.length + index])).size + 2;
  });
  return {
    rows: count,
    seen: count * (1 - 1 / folds.count),
    columns: columns.length,
    bins: bins.reduce((sum, one) => sum + one, 0),
    inputs: inputsWith(columns, mostOneHot),
    kinds: inputsWith(columns, mostKinds),
    outputs: table.classCount === 2 ? 1 : table.classCount,
    folds: folds.count,
  };
}

/** Where categories of up to so many kinds have an input for each. */
function inputsWith(columns: readonly Column[], most: number): number {
  return columns.reduce(
    (sum, column) => sum + (column.kind === 'number' ? 1 : Math.min(column.size, most)),
    0,
  );
}

/** Lets the process answer others before each fit. */
async function tryCandidate(tf: TensorFlow, task: Task, candidate: Candidate): Promise<Tried> {
  await setImmediate();
  const startedAt = performance.now();
  const fitted = candidate.fit(tf, task);
  const calibrated = tryBlend(task.table, task.folds, [fitted.logScores], task.seed);
  return { ...fitted, candidate, calibrated, seconds: (performance.now() - startedAt) / 1_000 };
}

/**
 * The best of each family together, without those without whom they lose less; or the best alone, unless the blend is better
 * by more than chance. A second of one family gains little and costs every answer as much time again.
 */
function chooseMembers(task: Task, tried: readonly Tried[]): Tried[] {
  const most = mostCost(task.table);
  const byLoss = tried.toSorted((a, b) => a.calibrated.loss - b.calibrated.loss);
  const quick = byLoss.filter(({ model }) => costOf(model) <= most);
  const sorted = quick.length > 0 ? quick : byLoss;
  const alone = sorted.slice(0, 1);
  let members: Tried[] = [];
  for (const one of sorted) {
    const isNew = !members.some(({ candidate }) => candidate.family === one.candidate.family);
    const cost = [...members, one].reduce((sum, { model }) => sum + costOf(model), 0);
    if (members.length === 0 || (isNew && cost <= most)) members.push(one);
  }
  let blended = blendOf(task, members);
  while (members.length > 1) {
    const ways = members.map(without => {
      const rest = members.filter(one => one !== without);
      return { rest, blended: blendOf(task, rest) };
    });
    const way = ways.reduce((best, one) => (one.blended.loss < best.blended.loss ? one : best));
    if (way.blended.loss > blended.loss) break;
    ({ rest: members, blended } = way);
  }
  const gain = gainOf(task.table, blended.logScores, blendOf(task, alone).logScores);
  return gain > moreThanChance ? members : alone;
}

function blendOf({ table, folds, seed }: Task, members: readonly Tried[]): Blended {
  const [first] = members;
  if (first && members.length === 1) return first.calibrated;
  return tryBlend(
    table,
    folds,
    members.map(({ logScores }) => logScores),
    seed,
  );
}

/** The members in the order in which they were chosen, on which the last digits of a blend depend. */
function inOrderOf({ members }: Choice, tried: readonly Tried[]): Tried[] {
  return members.flatMap(name => tried.filter(({ candidate }) => candidate.name === name));
}

function reportOf(
  { classes, classCount }: LabelledTable,
  { candidate, calibrated, seconds }: Tried,
  chosen: boolean,
) {
  const scores = calibrated.logScores.map(Math.exp);
  const { name, family } = candidate;
  return { name, family, seconds, chosen, ...measure({ scores, classes, classCount }) };
}

function explain({ table }: Task, members: readonly Tried[], tried: readonly Tried[]): string {
  const sorted = tried.toSorted((a, b) => a.calibrated.loss - b.calibrated.loss);
  const [best, second] = sorted;
  if (!best) return 'Nothing was tried.';
  if (members.length > 1) {
    const names = members.map(({ candidate }) => candidate.name).join(' and ');
    return `A blend of ${names} loses less than the best alone by more than chance.`;
  }
  const lead = `Alone, ${best.candidate.name} has the lowest log loss, ${best.calibrated.loss.toFixed(4)}`;
  if (!second) return `${lead}.`;
  const errors = gainOf(table, best.calibrated.logScores, second.calibrated.logScores);
  return `${lead}, ${errors.toFixed(1)} standard errors below ${second.candidate.name}, and no blend is better by more than chance.`;
}
