import type { JobsAnswer } from '../contract/model-answers.ts';
import type { Sql } from './sql.ts';

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
