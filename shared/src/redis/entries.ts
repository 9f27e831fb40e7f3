import type { BatchSummaryAnswer } from '../contract/answers.ts';
import type { JobAnswer } from '../contract/model-answers.ts';
import { spellTime, type TimeForm } from '../contract/time.ts';
import type { ListEntry } from './newest-list.ts';

// The text of each entry of the contract's lists. It is written when a message arrives and again when the lists are
// rebuilt from Postgres: made in one place, both are the same to the letter.

export function batchEntry(batch: BatchSummaryAnswer, times: TimeForm): ListEntry {
  const { batch_id, subjects, predictions } = batch;
  const created = new Date(batch.created);
  const json = JSON.stringify({ batch_id, subjects, predictions, created: spellTime(created, times) });
  return { id: batch_id, created, json };
}

export function jobEntry(job: JobAnswer, form: TimeForm): ListEntry {
  const { job_id, model_file_name, records, accuracy, data_prep_time, training_time, testing_time } = job;
  const time = new Date(job.created);
  const created = spellTime(time, form);
  const times = { data_prep_time, training_time, testing_time };
  const { promoted, rule, reason, fingerprint, parent } = job;
  const decision = { promoted, rule, reason, fingerprint, parent };
  const json = JSON.stringify({ job_id, model_file_name, records, accuracy, ...times, created, ...decision });
  return { id: job_id, created: time, json };
}
