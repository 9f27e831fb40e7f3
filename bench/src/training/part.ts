import { aFeedback } from '@banknote-loop/testing';
import { bundleOf, launchMeasured, type MeasuredFunction } from '../launch.ts';
import { type LoopServices, openServices } from '../loop-services.ts';
import { type Spread, spreadOf } from '../measure.ts';
import { envelopeOf } from '../messages.ts';
import type { Part } from '../part.ts';
import type { Goal, ReportTable } from '../report.ts';
import { accuracyOfSplits, fitOnEachBackend } from './fit.ts';
import { fillTraining } from './rows.ts';

export const training: Part = {
  name: 'training',
  summary: 'the whole job from the tables to the announced model, and learning alone on each backend',

  async measure({ quick, rounds }) {
    const sizes = quick ? [1_372, 50_000] : [1_372, 10_000, 50_000, 500_000];
    const stored = quick ? sizes : [...sizes, 5_000_000];
    const services = await openServices();
    try {
      const jobs: Jobs[] = [];
      for (const size of stored) jobs.push(await runJobs(services, size, rounds));
      const accuracy = await accuracyOfSplits(quick ? 5 : 20);
      return {
        tables: [tableOfJobs(jobs), await fitOnEachBackend(sizes, rounds), tableOfSplits(accuracy)],
        targets: [
          ...targetsOf(jobs),
          { what: 'mean accuracy of the splits', measured: mean(accuracy), atLeast: 0.999 },
        ],
      };
    } finally {
      await services.close();
    }
  },
};

interface Jobs {
  readonly rows: number;
  readonly first: number;
  readonly whole: Spread;
  readonly prep: Spread;
  readonly fit: Spread;
  readonly judge: Spread;
  readonly accuracy: number;
  readonly peakMemory: number;
}

/** One instance of the function, which trains again and again on rows of which it is told that nobody trained on them. */
async function runJobs(services: LoopServices, size: number, rounds: number): Promise<Jobs> {
  const rows = await fillTraining(services.owner, size);
  const instance = await launchMeasured({
    name: 'training',
    source: bundleOf('training'),
    environment: services.environment,
  });
  try {
    const first = (await runJob(services, instance)).whole;
    const jobs = [];
    for (let round = 0; round < rounds; round += 1) jobs.push(await runJob(services, instance));
    return {
      rows,
      first,
      whole: spreadOf(jobs.map(job => job.whole)),
      prep: spreadOf(jobs.map(job => job.data_prep_time)),
      fit: spreadOf(jobs.map(job => job.training_time)),
      judge: spreadOf(jobs.map(job => job.testing_time)),
      accuracy: jobs[0]?.accuracy ?? Number.NaN,
      peakMemory: instance.memory().peak,
    };
  } finally {
    await instance.end();
  }
}

interface JobRow {
  readonly accuracy: number;
  readonly data_prep_time: number;
  readonly training_time: number;
  readonly testing_time: number;
}

/** In seconds. */
async function runJob(
  { owner }: LoopServices,
  instance: MeasuredFunction,
): Promise<JobRow & { readonly whole: number }> {
  await owner.query('truncate models, jobs');
  const whole = (await instance.push(envelopeOf(aFeedback()))) / 1_000;
  const { rows } = await owner.query<JobRow>(`
    select (message->>'accuracy')::float8 as accuracy, (message->>'data_prep_time')::float8 as data_prep_time,
      (message->>'training_time')::float8 as training_time, (message->>'testing_time')::float8 as testing_time
    from models`);
  const [row] = rows;
  if (!row) throw new Error('A training recorded no model.');
  return { ...row, whole };
}

function tableOfJobs(jobs: readonly Jobs[]): ReportTable {
  return {
    title: 'The job, in seconds',
    columns: [
      'rows',
      'whole',
      'first of its process',
      'preparation',
      'fit',
      'evaluation',
      'accuracy',
      'peak MB',
    ],
    rows: jobs.map(({ rows, whole, first, prep, fit, judge, accuracy, peakMemory }) => [
      rows,
      whole,
      first,
      prep,
      fit,
      judge,
      accuracy.toFixed(4),
      peakMemory,
    ]),
  };
}

function tableOfSplits(accuracy: readonly number[]): ReportTable {
  const { low, high, samples } = spreadOf(accuracy);
  return {
    title: 'Accuracy over seeded splits of the bank data, four rows in five to train on',
    columns: ['splits', 'mean', 'lowest', 'highest'],
    rows: [[samples, mean(accuracy).toFixed(5), low.toFixed(4), high.toFixed(4)]],
  };
}

const mostSeconds: ReadonlyMap<number, number> = new Map([
  [1_372, 0.5],
  [50_000, 1],
  [500_000, 5],
]);

function targetsOf(jobs: readonly Jobs[]): readonly Goal[] {
  return [...growthOf(jobs), ...limitsOf(jobs)];
}

/** Beyond what one training takes, more rows must cost next to nothing. */
function growthOf(jobs: readonly Jobs[]): readonly Goal[] {
  const [few, many] = [500_000, 5_000_000].map(size => jobs.find(({ rows }) => rows === size));
  if (!few || !many) return [];
  return [
    {
      what: 'training on 5,000,000 rows: times as long as on 500,000',
      measured: many.whole.median / few.whole.median,
      atMost: 1.5,
    },
    { what: 'training on 5,000,000 rows, peak MB', measured: many.peakMemory, atMost: 1_024 },
  ];
}

function limitsOf(jobs: readonly Jobs[]): readonly Goal[] {
  return jobs.flatMap(({ rows, whole, peakMemory }) => {
    const atMost = mostSeconds.get(rows);
    if (!atMost) return [];
    const size = rows.toLocaleString('en');
    return [
      { what: `training on ${size} rows, in seconds`, measured: whole.median, atMost },
      { what: `training on ${size} rows, peak MB`, measured: peakMemory, atMost: 400 },
    ];
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
