import { z } from 'zod';
import { batchId } from './notes.ts';

// Batches that come at the same moment travel in one message: one publish, one push, one commit for all of them. Such a
// message is a batch like any other to a program that knows nothing of this: under an id of its own it has the notes of
// all, one after the other, and `batches` says which are whose.

const travelling = z.object({
  batch_id: batchId,
  /** How many of the notes are its own. */
  notes: z.int().min(1),
  /** The request that it came with. */
  traceparent: z.string().max(100).optional(),
});

export type TravellingBatch = z.infer<typeof travelling>;

/** The field of a message that batches may share. */
export const batches = z.array(travelling).min(1).optional();

export interface BatchMessage {
  readonly batch_id: string;
  readonly subjects: readonly string[];
  readonly batches?: readonly TravellingBatch[] | undefined;
}

/** Refuses a message whose batches do not have as many notes as it has. */
export function sumOfBatches({ subjects, batches }: BatchMessage, context: z.RefinementCtx): void {
  if (!batches) return;
  const notes = batches.reduce((sum, batch) => sum + batch.notes, 0);
  if (notes === subjects.length) return;
  const message = `The batches have ${notes} items, and the message has ${subjects.length} subjects.`;
  context.addIssue({ code: 'custom', path: ['batches'], message });
}

/** The batches that travel in a message: more than one, or the one that it is. */
export function batchesIn({ batch_id, subjects, batches }: BatchMessage): readonly TravellingBatch[] {
  return batches ?? [{ batch_id, notes: subjects.length }];
}

/** What the messages of some batches must have in common to be joined: everything that is not said of each note. */
export function whatAllShare(message: BatchMessage): string {
  const entries = Object.entries(message).filter(([name]) => !own.has(name));
  return JSON.stringify(entries.map(([name, value]) => [name, isOfNotes(value, message) ? null : value]));
}

const own: ReadonlySet<string> = new Set(['batch_id', 'batches']);

/** One message of several that share all that they can. */
export function joinBatches(
  batch_id: string,
  parts: readonly { readonly message: BatchMessage; readonly traceparent: string }[],
): BatchMessage {
  const [first] = parts;
  if (!first) throw new Error('There is nothing to join.');
  const fields = Object.entries(first.message).map(([name, value]) => [
    name,
    isOfNotes(value, first.message) ? parts.flatMap(({ message }) => Reflect.get(message, name)) : value,
  ]);
  const { subjects } = first.message;
  const batches = parts.flatMap(({ message, traceparent }) =>
    message.batches
      ? message.batches
      : [{ batch_id: message.batch_id, notes: message.subjects.length, traceparent }],
  );
  return { subjects, ...Object.fromEntries(fields), batch_id, batches };
}

/** The messages that the batches of a message would be each by itself. */
export function separateBatches<Message extends BatchMessage>(message: Message): readonly Message[] {
  const { batches, ...fields } = message;
  if (!batches) return [message];
  let start = 0;
  return batches.map(({ batch_id, notes }) => {
    const from = start;
    start += notes;
    const parts = Object.entries(fields).map(([name, value]) => [
      name,
      isOfNotes(value, message) ? value.slice(from, start) : value,
    ]);
    return { ...Object.fromEntries(parts), batch_id };
  });
}

/** Whether a field has something for each note. */
function isOfNotes(value: unknown, { subjects }: BatchMessage): value is readonly unknown[] {
  return Array.isArray(value) && value.length === subjects.length;
}
