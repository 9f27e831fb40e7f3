import { randomFillSync } from 'node:crypto';

// To ask the system for a few random bytes takes several microseconds, longer than all else that a single note needs:
// so they are drawn by the page.
const stock = Buffer.alloc(4096);
let used = stock.length;

/** Some random bytes to make an id of; no bytes are given out twice. */
export function takeRandomBytes(count: number): Buffer {
  if (used + count > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += count;
  return Buffer.from(stock.subarray(used - count, used));
}
