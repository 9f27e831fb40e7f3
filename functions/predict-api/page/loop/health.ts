import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { duration, pluralize } from '../format.ts';

/** What is wrong with a function, as far as its queue tells. */
export type Health = 'well' | 'behind' | 'stuck' | 'refusing';

/** The loop is done with a message in less than a second, with a training in a minute or two. */
const lateSeconds = 120;
/** Nothing takes as long as that: whoever has done nothing meanwhile is stuck. */
const stuckSeconds = 600;

export function healthOf(queue: QueueAnswer | undefined, deadLetters: number): Health {
  const waited = queue && queue.waiting > 0 ? (queue.oldest_seconds ?? 0) : 0;
  if (waited >= stuckSeconds && queue?.rate === 0) return 'stuck';
  if (waited >= lateSeconds) return 'behind';
  return deadLetters > 0 ? 'refusing' : 'well';
}

/** One line about a function that is not well. */
export function describeHealth(name: string, queue: QueueAnswer | undefined, deadLetters: number): string {
  switch (healthOf(queue, deadLetters)) {
    case 'stuck':
      return `${name} does nothing: ${waitingText(queue)}.`;
    case 'behind':
      return `${name} is behind: ${waitingText(queue)}.`;
    case 'refusing':
      return `${name} has given up on ${pluralize(deadLetters, 'message')}.`;
    case 'well':
      return '';
  }
}

function waitingText(queue: QueueAnswer | undefined): string {
  if (!queue) return '';
  return `${pluralize(queue.waiting, 'message')} waiting, the oldest for ${duration(queue.oldest_seconds ?? 0)}`;
}
