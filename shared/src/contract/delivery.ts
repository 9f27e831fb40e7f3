/** How Pub/Sub delivers to every function, on the laptop and in the cloud alike. */
export const deliveryPolicy = {
  /**
   * After so many failed deliveries a message goes to `dead-letter`. With the back-off below that takes 15 hours, so that
   * hours without a database are waited for. Both are the most that Pub/Sub allows.
   */
  maxAttempts: 100,
  minBackoffSeconds: 1,
  maxBackoffSeconds: 600,
  /** How long a message waits for a function that is down. */
  retentionSeconds: 7 * 86_400,
} as const;

/** How long Pub/Sub waits for a function before it delivers again: as long as the function may work, within its limits. */
export function ackDeadlineSeconds(timeoutSeconds: number): number {
  return Math.min(600, Math.max(10, timeoutSeconds));
}

/** Eventarc names the subscription that it makes after the trigger, and that after the function. */
const madeByEventarc = /^eventarc-[a-z]+-[a-z]+\d+-(.+?)(?:-\d+)?-sub-\d+$/;

/** The function to which a subscription delivers, which is named after it; nothing if it is another loop's. */
export function functionOf(subscription: string, prefix = ''): string | undefined {
  const name = madeByEventarc.exec(subscription)?.[1] ?? subscription;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}
