import { once } from 'node:events';
import { createServer } from 'node:http';
import type { SubscriptionStats } from '../pubsub/broker/stats.ts';
import { Sampler, type SubscriptionInterval } from './samples.ts';

export interface Monitoring {
  /** What MONITORING_EMULATOR_HOST is to be set to. */
  readonly address: string;
  close(): Promise<void>;
}

const sampleEveryMs = 2_000;

/** Answers `projects.timeSeries.list` of Cloud Monitoring for four metrics of Pub/Sub's subscriptions. */
export async function startMonitoring(
  stats: () => readonly SubscriptionStats[],
  port = 0,
): Promise<Monitoring> {
  const sampler = new Sampler(stats, sampleEveryMs);
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://monitoring');
    const known = /^\/v3\/projects\/[^/]+\/timeSeries$/.test(pathname);
    const [, metric = ''] = /metric\.type\s*=\s*"([^"]+)"/.exec(searchParams.get('filter') ?? '') ?? [];
    const value = values[metric];
    const body = known && value ? { timeSeries: sampler.newest().map(seriesOf(metric, value)) } : notFound;
    response.writeHead(known && value ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cloud Monitoring has no port.');
  return {
    address: `127.0.0.1:${address.port}`,
    async close() {
      sampler.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

const notFound = { error: { code: 404, status: 'NOT_FOUND', message: 'Nothing measures that here.' } };

type Value = (sample: SubscriptionInterval) => object;

// Google's own names: https://cloud.google.com/monitoring/api/metrics_gcp. Numbers of 64 bits travel as text.
const values: Readonly<Record<string, Value>> = {
  'pubsub.googleapis.com/subscription/num_undelivered_messages': ({ waiting }) => ({
    int64Value: String(waiting),
  }),
  'pubsub.googleapis.com/subscription/oldest_unacked_message_age': ({ oldestSeconds }) => ({
    int64Value: String(oldestSeconds),
  }),
  'pubsub.googleapis.com/subscription/ack_message_count': ({ done }) => ({ int64Value: String(done) }),
  'pubsub.googleapis.com/subscription/ack_latencies': ({ done, ackMs }) => ({
    distributionValue: { count: String(done), mean: done > 0 ? ackMs / done : 0 },
  }),
};

function seriesOf(type: string, value: Value) {
  return (sample: SubscriptionInterval) => ({
    metric: { type },
    resource: {
      type: 'pubsub_subscription',
      labels: { subscription_id: sample.subscription.split('/').at(-1) },
    },
    points: [
      {
        interval: { startTime: sample.from.toISOString(), endTime: sample.to.toISOString() },
        value: value(sample),
      },
    ],
  });
}
