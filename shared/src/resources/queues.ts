import { defineResource } from './resource.ts';
import { monitoringSettings } from './settings.ts';

/** How many messages wait for each function. */
export const queues = defineResource({
  name: 'monitoring',
  settings: monitoringSettings,
  async open(settings) {
    const [{ Queues }, { connectMonitoring }] = await Promise.all([
      import('../monitoring/queues.ts'),
      import('../monitoring/connect.ts'),
    ]);
    const client = new Queues(await connectMonitoring(settings), settings.TOPIC_PREFIX);
    return { client, close: async () => {} };
  },
});
