import { classify, describe, PermanentError } from '../base/errors.ts';
import { type BatchMessage, separateBatches } from '../contract/joined-batches.ts';

/**
 * Does something with each batch of a message. If several travel in it, one that can never be done is refused by itself
 * and loses no other; any other failure brings the message back.
 */
export async function forEachBatch<Message extends BatchMessage>(
  message: Message,
  refuse: (part: Message, reason: PermanentError) => Promise<void>,
  work: (batch: Message) => Promise<void>,
): Promise<void> {
  const parts = separateBatches(message);
  const [only] = parts;
  if (only && parts.length === 1) return work(only);
  const outcomes = await Promise.allSettled(parts.map(work));
  for (const [i, outcome] of outcomes.entries()) {
    const part = parts[i];
    if (outcome.status === 'fulfilled' || !part) continue;
    if (classify(outcome.reason) === 'transient') throw outcome.reason;
    await refuse(part, asPermanent(outcome.reason));
  }
}

function asPermanent(error: unknown): PermanentError {
  return error instanceof PermanentError ? error : new PermanentError(describe(error), { cause: error });
}
