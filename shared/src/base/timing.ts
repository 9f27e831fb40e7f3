import { setTimeout as delay } from 'node:timers/promises';

/** Waits for the work, if there is any, but no longer than this; what fails in time fails here. */
export async function atMost(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  if (work === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>(resolve => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    // A timer that is left behind would keep the process alive.
    clearTimeout(timer);
  }
}

/** Waits until the probe finds something, and answers that; fails by name when it finds nothing in time. */
export async function until<Found>(
  what: string,
  probe: () => Found | undefined | false | Promise<Found | undefined | false>,
  timeoutMs = 60_000,
  pollMs = 20,
): Promise<Found> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain until ${what}.`);
    await delay(pollMs);
  }
}
