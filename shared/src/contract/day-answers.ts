import { z } from 'zod';
import { interval } from './report.ts';
import { time } from './time.ts';

// What `predict-api` answers for the numbers of the day.

/** How a number has been, oldest first. */
const trend = z.array(z.object({ at: time, value: z.number() }));
export type TrendPoints = z.infer<typeof trend>;

const seconds = z.number().nullable();

export const dayAnswer = z.object({
  /** Of the last 24 hours; hour by hour. */
  throughput: z.object({ batches: z.number(), notes: z.number(), trend }),
  /** From the submission of a batch to its answer, in the last 24 hours; the trend is of the slowest of a hundred. */
  waiting: z.object({ p50_seconds: seconds, p99_seconds: seconds, trend }),
  /** How long the message that waits longest has waited, and for which function; null where nobody measures it. */
  queue_age: z.object({ seconds, function: z.string().nullable(), trend }),
  /** What people said of answers lately (QUALITY_WINDOW_DAYS); day by day. */
  accuracy: z.object({ rated: z.number(), correct: z.number(), interval, trend }),
  correction_to_live: z.object({
    corrections: z.number(),
    p50_seconds: seconds,
    p95_seconds: seconds,
    trend,
  }),
  /** Of the feature that has changed most; null while there are too few answers to tell. */
  drift: z.object({ psi: z.number().nullable(), feature: z.string().nullable(), trend }),
  /** Labels that nothing is learned from until somebody settles them. */
  set_aside: z.object({ labels: z.number(), trend }),
  /** Of this month's use so far, by list prices: without what is there for nobody's sake. The trend adds up day by day. */
  cost: z.object({
    since: time,
    batches: z.number(),
    notes: z.number(),
    usd: z.number(),
    items: z.array(z.object({ name: z.string(), amount: z.string(), usd: z.number() })),
    trend,
  }),
});
export type DayAnswer = z.infer<typeof dayAnswer>;
