import type { Delivery } from '@banknote-loop/shared/function';
import type { Queues } from '@banknote-loop/shared/monitoring';

/** Whatever is only late comes within the first deliveries, which are seconds apart. */
const patience = 5;
/** Where a batch can still be before it is stored. */
const onTheWay = ['prediction', 'prediction-to-db'];

/**
 * Whether a batch that is not stored will never be: it has been waited for, and when the queues that lead to its being
 * stored were last counted, after somebody had spoken of it already, nothing was in them. Where nobody counts, it may come.
 */
export async function isLost(
  queues: Pick<Queues, 'list'>,
  { attempt = patience, time }: Pick<Delivery<unknown, never>, 'attempt' | 'time'>,
): Promise<boolean> {
  if (attempt < patience) return false;
  const states = await queues.list();
  return onTheWay.every(name => {
    const queue = states.find(state => state.name === name);
    return queue?.waiting === 0 && Date.parse(queue.counted_at) > time.getTime();
  });
}
