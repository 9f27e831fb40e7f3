import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 20;

/** Waits until the probe finds something; fails by name when it finds nothing in time. */
export async function until<Found>(
  what: string,
  probe: () => Found | undefined | false | Promise<Found | undefined | false>,
  timeoutMs = 30_000,
): Promise<Found> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}.`);
    await delay(pollMs);
  }
}
