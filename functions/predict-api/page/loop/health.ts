import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { duration, pluralize } from '../format.ts';

/** What is wrong with a function, as far as its queue tells. */
export type Health = 'well' | 'behind' | 'stuck' | 'refusing';

/** Messages that have waited longer than this are late; the loop is done with one in less than a second. */
const lateSeconds = 30;

export function healthOf(queue: QueueAnswer | undefined, deadLetters: number): Health {
  const late = queue && queue.waiting > 0 && (queue.oldest_seconds ?? 0) >= lateSeconds;
  if (late) return queue.rate === 0 ? 'stuck' : 'behind';
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
