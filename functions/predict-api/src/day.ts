import { dayAnswer } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import { costOfUse, type FunctionSize } from '@banknote-loop/shared/monitoring';
import { checkQuality, wilsonInterval } from '@banknote-loop/shared/quality';
import type { Context } from './context.ts';

type DayContext = Pick<Context, 'db' | 'log' | 'quality' | 'queues'>;

export const getDay = route({
  method: 'GET',
  path: '/day',
  summary:
    "The numbers of the day, each with how it has been: throughput, waiting, queues, accuracy, corrections, drift, labels set aside, and what this month's use costs.",
  scope: 'loop:read',
  answer: dayAnswer,

  async handle(_input, context: DayContext) {
    const { db } = context;
    const [throughput, waiting, corrections, correctionTrend, cost] = await Promise.all([
      throughputOf(context),
      db.day.waiting(),
      db.quality.correctionTimes(),
      db.day.corrections(),
      costOfMonth(context, new Date()),
    ]);
    const queue_age = await queueAge(context);
    const judged = await judgedNow(context);
    const trends = await db.figures.trends(trendDays);
    const trendOf = (name: string) => trends.find(trend => trend.name === name)?.points ?? [];
    const { hours, ...counts } = throughput;
    return {
      body: {
        throughput: { ...counts, trend: hours.map(({ at, notes }) => ({ at, value: notes })) },
        waiting: {
          ...waiting,
          trend: hours.flatMap(({ at, p99_seconds: value }) => (value === null ? [] : [{ at, value }])),
        },
        queue_age: { ...queue_age, trend: trendOf('queue age') },
        accuracy: judged.accuracy,
        correction_to_live: {
          corrections: corrections.corrections,
          p50_seconds: corrections.p50,
          p95_seconds: corrections.p95,
          trend: correctionTrend.map(({ at, p50_seconds: value }) => ({ at, value })),
        },
        drift: { ...judged.drift, trend: trendOf('drift') },
        set_aside: { labels: judged.labels, trend: trendOf('set aside') },
        cost,
      },
    };
  },
});

const trendDays = 14;

async function throughputOf({ db }: DayContext) {
  const hours = await db.day.hours();
  return {
    hours,
    batches: hours.reduce((sum, { batches }) => sum + batches, 0),
    notes: hours.reduce((sum, { notes }) => sum + notes, 0),
  };
}

async function queueAge({ db, queues }: DayContext) {
  const waiting = (await queues.list()).filter(({ name }) => name !== 'dead-letter');
  const [oldest] = waiting.toSorted((a, b) => (b.oldest_seconds ?? 0) - (a.oldest_seconds ?? 0));
  if (!oldest) return { seconds: null, function: null };
  const seconds = oldest.oldest_seconds ?? 0;
  await db.figures.record({ 'queue age': seconds });
  return { seconds, function: seconds > 0 ? oldest.name : null };
}

/** What answers are worth by people's word, and whether items are still what was learned from. */
async function judgedNow({ db, quality: settings, log }: DayContext) {
  const { drift } = await checkQuality(db, settings, log);
  const [days, { setAside }] = await Promise.all([
    db.day.ratings(settings.windowDays),
    db.quality.learning(),
  ]);
  const rated = days.reduce((sum, day) => sum + day.rated, 0);
  const correct = days.reduce((sum, day) => sum + day.correct, 0);
  const [most] = drift.filter(({ psi }) => psi !== null).sort((a, b) => (b.psi ?? 0) - (a.psi ?? 0));
  return {
    accuracy: {
      rated,
      correct,
      interval: wilsonInterval(correct, rated),
      trend: days.map(day => ({ at: day.at, value: day.correct / day.rated })),
    },
    drift: { psi: most?.psi ?? null, feature: most?.name ?? null },
    labels: setAside,
  };
}

/** Those that a batch goes through, as they are made where nobody says otherwise: ingest-api, prediction and the two that keep it. */
const functions: readonly FunctionSize[] = Array.from({ length: 4 }, () => ({
  cpu: 1,
  memory: 0.5,
  concurrency: 80,
}));

async function costOfMonth({ db }: DayContext, now: Date) {
  const since = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
  const [days, ofBatch] = await Promise.all([db.day.use(since), db.day.notesOfBatch()]);
  const costUpTo = (count: number, until: Date) => {
    const batches = days.slice(0, count).reduce((sum, day) => sum + day.batches, 0);
    const notes = Math.round(batches * ofBatch);
    const seconds = Math.max(1, (until.getTime() - since.getTime()) / 1000);
    const items = costOfUse({ batches, notes, seconds, functions, keepsLines: true });
    return { batches, notes, items, usd: items.reduce((sum, { usd }) => sum + usd, 0) };
  };
  const { items, ...known } = costUpTo(days.length, now);
  return {
    since,
    ...known,
    items: items.map(({ name, amount, usd }) => ({ name, amount, usd })),
    trend: days.map(({ at }, i) => ({
      at,
      value: costUpTo(i + 1, endOfDay(at, now)).usd,
    })),
  };
}

function endOfDay(at: string, now: Date): Date {
  return new Date(Math.min(now.getTime(), Date.parse(at) + 24 * 3_600_000));
}
