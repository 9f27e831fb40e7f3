import type { ModelMessage } from '@banknote-loop/shared';
import { describe } from '@banknote-loop/shared/base';
import { type JobsAnswer, jobsAnswer, listedJobs } from '@banknote-loop/shared/contract';
import { route } from '@banknote-loop/shared/http';
import { fromEither } from './either.ts';
import type { Given } from './given.ts';

const newest = 100;

export const getJobs = route({
  method: 'GET',
  path: '/jobs',
  summary: 'The newest trainings and what came of them, and how long corrections take to be live.',
  answers: { 200: jobsAnswer },

  async handle(_input, given: Pick<Given, 'cache' | 'db' | 'log'>) {
    const [{ entries, source }, records] = await Promise.all([
      fromEither(
        given,
        async cache => listedJobs.parse(await cache.newestJobs(newest)),
        db => db.jobs.newest(newest),
      ),
      readRecords(given),
    ]);
    const { reports, ...others } = records;
    const jobs = entries.map(job => ({ ...job, report: reports.get(job.job_id) ?? null }));
    return { body: { jobs, source, ...others } };
  },
});

interface Reports {
  /** By job: what its decision rests on. */
  readonly reports: ReadonlyMap<string, ModelMessage['report']>;
}

/** What only the database knows is left out while it is away, so that the list itself is still answered. */
async function readRecords({
  db,
  log,
}: Pick<Given, 'db' | 'log'>): Promise<Pick<JobsAnswer, 'correction_to_live' | 'skipped'> & Reports> {
  try {
    const [{ corrections, p50, p95 }, skipped, models] = await Promise.all([
      db.quality.correctionTimes(),
      db.skippedTrainings.newest(newest),
      db.models.newest(newest),
    ]);
    return {
      reports: new Map(models.map(({ job_id, report }) => [job_id, report])),
      correction_to_live: { corrections, p50_seconds: p50, p95_seconds: p95 },
      skipped,
    };
  } catch (error) {
    log.warn({ reason: describe(error) }, 'the database is away: a part of the answer is left out');
    return { reports: new Map(), correction_to_live: null, skipped: [] };
  }
}
