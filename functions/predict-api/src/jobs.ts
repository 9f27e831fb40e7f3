import { describe } from '@banknote-loop/shared/base';
import { jobsAnswer, type Report } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';
import { readThrough } from './read-through.ts';

const newest = 100;

export const getJobs = route({
  method: 'GET',
  path: '/jobs',
  summary: 'The newest trainings and what came of them, and how long corrections take to be live.',
  scope: 'models:read',
  answer: jobsAnswer,

  async handle(_input, context: Pick<Context, 'cache' | 'db' | 'log'>) {
    const [{ entries, source }, records] = await Promise.all([
      readThrough(
        context,
        cache => cache.newestJobs(newest),
        db => db.jobs.newest(newest),
      ),
      readRecords(context),
    ]);
    const { reports, ...others } = records;
    const jobs = entries.map(job => ({ ...job, report: reports.get(job.job_id) ?? null }));
    return { body: { jobs, source, ...others } };
  },
});

/** What only the database knows is left out while it is away, so that the list itself is still answered. */
async function readRecords({ db, log }: Pick<Context, 'db' | 'log'>) {
  try {
    const [{ corrections, p50, p95 }, skipped, models] = await Promise.all([
      db.quality.correctionTimes(),
      db.skippedTrainings.newest(newest),
      db.models.newest(newest),
    ]);
    return {
      reports: new Map(models.map(({ job_id, report }): [string, Report] => [job_id, report])),
      correction_to_live: { corrections, p50_seconds: p50, p95_seconds: p95 },
      skipped,
    };
  } catch (error) {
    log.warn({ reason: describe(error) }, 'the database could not be read: a part of the answer is left out');
    return { reports: new Map<string, Report>(), correction_to_live: null, skipped: [] };
  }
}
