/** What a page or a test may want to know about a subscription. Totals count from the start of the process. */
export interface SubscriptionStats {
  readonly name: string;
  readonly topic: string;
  /** Messages that are not acknowledged yet, those being processed included. */
  readonly undelivered: number;
  /** Age of the oldest of them, 0 without any. */
  readonly oldestUnackedMs: number;
  readonly delivered: number;
  readonly acked: number;
  /** How long they were in hand before they were acknowledged, summed up. */
  readonly ackMs: number;
  /** Deliveries that were refused or ran out of time. */
  readonly nacked: number;
  readonly deadLettered: number;
}
