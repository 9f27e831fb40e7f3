import { coalesce } from '../base/coalesce.ts';
import { describe } from '../base/errors.ts';
import type { Logger } from '../base/log.ts';
import { atMost } from '../base/timing.ts';

/** No answer waits longer than this for its spans to be sent. */
const patienceMs = 300;
const complainEveryMs = 60_000;

/**
 * Makes a flush that many answers can wait for together: messages that end at the same time share an export. A
 * receiver of spans that is slow or away is complained about once a minute, and otherwise harms nobody.
 */
export function createFlush(exportAll: () => Promise<void>, log: Logger): () => Promise<void> {
  let complainAt = 0;
  const share = coalesce<void>(exportAll, { sizeOf: () => 1, maxSize: Infinity, isItemError: () => false });
  return async () => {
    const sent = share().catch(error => {
      if (Date.now() < complainAt) return;
      complainAt = Date.now() + complainEveryMs;
      log.warn({ reason: describe(error) }, 'spans could not be sent');
    });
    await atMost(patienceMs, sent);
  };
}
