import { parseArgs } from 'node:util';
import { startPubSub } from './server.ts';

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } });
const pubsub = await startPubSub({
  ...(values.port !== undefined && { port: Number(values.port) }),
  ...(values.data !== undefined && { dataFolder: values.data }),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void pubsub.close());
console.log(`ready ${pubsub.address}`);
