import type { JobAnswer } from '../contract/model-answers.ts';
import type { Sql } from './sql.ts';

/** Trainings: what each took, and what came out. Written where their models are. */
export class Jobs {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  newest(count: number): Promise<JobAnswer[]> {
    return this.#sql.rows<JobAnswer>(newestJobs, [count]);
  }
}

const newestJobs = {
  name: 'newest-jobs',
  text: `
    select jobs.id as job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time,
      coalesce(promoted, true) as promoted, report->>'rule' as rule, coalesce(reason, '') as reason, fingerprint, parent, jobs.created
    from jobs left join models on models.job_id = jobs.id
    order by jobs.created desc, jobs.id desc limit $1`,
};
