import { listen, type TestServer } from '@banknote-loop/testing/http-server';
import { connectMonitoring } from './connect.ts';
import { Queues } from './queues.ts';

const minute = { startTime: '2026-01-01T00:00:00Z', endTime: '2026-01-01T00:01:00Z' };

/** What Cloud Monitoring answers, by the last word of the metric. */
const values: Readonly<Record<string, object>> = {
  num_undelivered_messages: { int64Value: '7' },
  oldest_unacked_message_age: { int64Value: '42' },
  ack_message_count: { int64Value: '30' },
  ack_latencies: { distributionValue: { count: '30', mean: 12.5 } },
};

const asked: URL[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await listen((request, response) => {
    const url = new URL(request.url ?? '', 'http://monitoring');
    asked.push(url);
    const [, type = '', name = ''] = /"(.+\/(\w+))" AND/.exec(url.searchParams.get('filter') ?? '') ?? [];
    const point = (value: object | undefined) => ({ interval: minute, value });
    const series = (subscription_id: string) => ({
      metric: { type },
      resource: { type: 'pubsub_subscription', labels: { subscription_id } },
      points: [point(values[name]), point({ int64Value: '999' })],
    });
    const timeSeries = ['eventarc-europe-west1-prediction-to-db-123456-sub-789', 'dead-letter'].map(series);
    response.end(JSON.stringify({ timeSeries }));
  });
});
afterAll(() => server.close());

it('knows the queues of functions, whatever Eventarc calls their subscriptions, by the newest numbers', async () => {
  const address = server.url.replace('http://', '');
  const queues = new Queues(
    await connectMonitoring({
      PROJECT_ID: 'p',
      PUBSUB_EMULATOR_HOST: 'x',
      MONITORING_EMULATOR_HOST: address,
    }),
  );
  const numbers = { waiting: 7, oldest_seconds: 42, rate: 0.5, ack_ms: 12.5, counted_at: minute.endTime };
  expect(await queues.list()).toEqual([
    { name: 'prediction-to-db', ...numbers },
    { name: 'dead-letter', ...numbers },
  ]);
  expect(asked[0]?.pathname).toBe('/v3/projects/p/timeSeries');
  await queues.list();
  expect(asked).toHaveLength(4);
});

it('knows nothing where nobody measures, and asks nobody', async () => {
  const queues = new Queues(await connectMonitoring({ PROJECT_ID: 'p', PUBSUB_EMULATOR_HOST: 'x' }));
  expect(await queues.list()).toEqual([]);
});
