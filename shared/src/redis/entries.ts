import type { BatchSummaryAnswer } from '../contract/answers.ts';
import type { JobAnswer } from '../contract/model-answers.ts';
import type { Entry } from './newest-list.ts';

// The text of each entry of the contract's lists. It is written when a message arrives and again when the lists are
// rebuilt from Postgres: made in one place, both are the same to the letter.

export function batchEntry({ batch_id, subjects, predictions, created }: BatchSummaryAnswer): Entry {
  const json = JSON.stringify({ batch_id, subjects, predictions, created });
  return { id: batch_id, created: new Date(created), json };
}

export function jobEntry(job: JobAnswer): Entry {
  const { job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time, created } =
    job;
  const times = { data_prep_time, training_time, testing_time };
  const { promoted, rule, reason, fingerprint, parent } = job;
  const decision = { promoted, rule, reason, fingerprint, parent };
  const json = JSON.stringify({ job_id, model_file_name, records, accuracy, ...times, created, ...decision });
  return { id: job_id, created: new Date(created), json };
}
