import type { JobAnswer, JobsAnswer } from '../contract/model-answers.ts';
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

interface SkippedTraining {
  /** The id of the message that asked for the training: asked again by the same message, it is the same row. */
  readonly messageId: string;
  readonly batchId: string;
  readonly fingerprint: string;
  readonly reason: string;
}

/** Requests for a training that came to nothing, and why. */
export class SkippedTrainings {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async record(skipped: SkippedTraining, time: Date): Promise<void> {
    const { messageId, batchId, fingerprint, reason } = skipped;
    await this.#sql.rows(insertSkipped, [messageId, batchId, fingerprint, reason, time]);
  }

  newest(count: number): Promise<JobsAnswer['skipped']> {
    return this.#sql.rows<JobsAnswer['skipped'][number]>(newestSkipped, [count]);
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

const insertSkipped = {
  name: 'insert-skipped-training',
  text: `
    insert into skipped_trainings (message_id, batch_id, fingerprint, reason, created) values ($1, $2, $3, $4, $5)
    on conflict do nothing`,
};

const newestSkipped = {
  name: 'newest-skipped-trainings',
  text: `
    select batch_id, fingerprint, reason, created
    from skipped_trainings order by created desc, message_id desc limit $1`,
};
