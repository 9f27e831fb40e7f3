import { z } from 'zod';

/** What is asked of Cloud Monitoring; each is a metric of Pub/Sub's for every subscription. */
export const subscriptionMetrics = {
  waiting: 'pubsub.googleapis.com/subscription/num_undelivered_messages',
  oldestSeconds: 'pubsub.googleapis.com/subscription/oldest_unacked_message_age',
  done: 'pubsub.googleapis.com/subscription/ack_message_count',
  ackMs: 'pubsub.googleapis.com/subscription/ack_latencies',
} as const;

const point = z.object({
  interval: z.object({
    startTime: z.iso.datetime({ offset: true }).optional(),
    endTime: z.iso.datetime({ offset: true }),
  }),
  value: z.object({
    int64Value: z.coerce.number().optional(),
    doubleValue: z.number().optional(),
    distributionValue: z.object({ count: z.coerce.number(), mean: z.number().default(0) }).optional(),
  }),
});
export type TimeSeriesPoint = z.output<typeof point>;

/** The part of an answer of `projects.timeSeries.list` that is of use here; the newest point comes first. */
export const timeSeriesPage = z.object({
  timeSeries: z
    .array(
      z.object({
        metric: z.object({ type: z.string() }),
        resource: z.object({ labels: z.object({ subscription_id: z.string() }) }),
        points: z.array(point),
      }),
    )
    .default([]),
});
export type TimeSeries = z.output<typeof timeSeriesPage>['timeSeries'][number];
