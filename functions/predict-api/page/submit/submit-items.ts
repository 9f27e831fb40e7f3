import type { NoteAnswer } from '@banknote-loop/shared/contract';
import type { Row } from '@banknote-loop/shared/data-set';
import { call, get } from '../api.ts';

export interface SubmittedItem {
  readonly subject: string;
  readonly features: Row;
  /** What it is known to be, where that is known. */
  readonly truth?: string;
}

export interface SubmittedAnswer extends NoteAnswer {
  readonly batch_id: string;
  readonly truth?: string | undefined;
}

interface Accepted {
  readonly batch_id: string;
}

const batchSize = 500;
const waitSeconds = 20;

/** Sends items through the loop, batch by batch, and reports the answers of each batch as they come. */
export async function submitItems(
  items: readonly SubmittedItem[],
  onAnswers: (answers: readonly SubmittedAnswer[]) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += batchSize) {
    onAnswers(await submitBatch(items.slice(start, start + batchSize)));
  }
}

/** One batch. With the same key it can be sent again, and is the same batch. */
export async function submitBatch(
  items: readonly SubmittedItem[],
  key: string = crypto.randomUUID(),
): Promise<readonly SubmittedAnswer[]> {
  const body = { subjects: items.map(item => item.subject), features: items.map(item => item.features) };
  const headers = { 'idempotency-key': key };
  const { batch_id } = await call<Accepted>('POST', '/notes', body, headers);
  const { notes: answers } = await get(`/batches/${batch_id}?wait=${waitSeconds}`);
  return answers.map((answer, i) => ({ ...answer, batch_id, truth: items[i]?.truth }));
}
