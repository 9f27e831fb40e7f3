import type { Features, NoteAnswer } from '@banknote-loop/shared/contract';

import { call, get } from '../api.ts';

export interface Note {
  readonly subject: string;
  readonly features: Features;
  /** What the note is known to be, where that is known. */
  readonly truth?: 'real' | 'fake';
}

export interface AnsweredNote extends NoteAnswer {
  readonly truth?: 'real' | 'fake' | undefined;
}

interface Accepted {
  readonly batch_id: string;
}

const batchSize = 500;
const waitSeconds = 20;

/** Sends notes through the loop, batch by batch, and reports the answers of each batch as they come. */
export async function submitNotes(
  notes: readonly Note[],
  onAnswers: (answers: readonly AnsweredNote[]) => void,
): Promise<void> {
  for (let start = 0; start < notes.length; start += batchSize) {
    onAnswers(await submitBatch(notes.slice(start, start + batchSize)));
  }
}

async function submitBatch(notes: readonly Note[]): Promise<readonly AnsweredNote[]> {
  const body = { subjects: notes.map(note => note.subject), features: notes.map(note => note.features) };
  // If the answer gets lost on the way, sending it again is safe.
  const headers = { 'idempotency-key': crypto.randomUUID() };
  const { batch_id } = await call<Accepted>('POST', '/notes', body, headers);
  const { notes: answers } = await get(`/batches/${batch_id}?wait=${waitSeconds}`);
  return answers.map((answer, i) => ({ ...answer, truth: notes[i]?.truth }));
}
