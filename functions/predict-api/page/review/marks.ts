import type { ReviewNote } from '@banknote-loop/shared/contract';
import { call } from '../api.ts';

export type Mark = 0 | 1;

/** One change of a mark; the list of them is what undo goes back along. */
export interface Step {
  readonly note: ReviewNote;
  readonly before: Mark | undefined;
  readonly after: Mark | undefined;
}

export interface Marks {
  readonly byNote: ReadonlyMap<string, { readonly note: ReviewNote; readonly mark: Mark }>;
  readonly steps: readonly Step[];
}

export const noMarks: Marks = { byNote: new Map(), steps: [] };

export function keyOf({ batch_id, subject }: ReviewNote): string {
  return `${batch_id} ${subject}`;
}

/** Marking a note the same way again takes the mark off. */
export function withMark(marks: Marks, note: ReviewNote, mark: Mark): Marks {
  const before = marks.byNote.get(keyOf(note))?.mark;
  const after = before === mark ? undefined : mark;
  return { byNote: changed(marks, note, after), steps: [...marks.steps, { note, before, after }] };
}

export function undone(marks: Marks): Marks {
  const last = marks.steps.at(-1);
  if (!last) return marks;
  return { byNote: changed(marks, last.note, last.before), steps: marks.steps.slice(0, -1) };
}

function changed({ byNote }: Marks, note: ReviewNote, mark: Mark | undefined): Marks['byNote'] {
  const next = new Map(byNote);
  if (mark === undefined) next.delete(keyOf(note));
  else next.set(keyOf(note), { note, mark });
  return next;
}

/** Sends the marks, a request for each batch; answers with the batches that receipts can be asked for. */
export async function saveMarks({ byNote }: Marks, reviewer: string): Promise<readonly string[]> {
  const batches = Map.groupBy(byNote.values(), ({ note }) => note.batch_id);
  await Promise.all(
    [...batches].map(([batchId, marked]) =>
      call('PATCH', `/batches/${batchId}`, {
        subjects: marked.map(({ note }) => note.subject),
        ratings: marked.map(({ mark }) => mark),
        ...(reviewer.trim() ? { reviewer: reviewer.trim() } : {}),
      }),
    ),
  );
  return [...batches.keys()];
}
