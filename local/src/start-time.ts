import { FunctionProcess } from './function-process.ts';
import { findFreePort } from './ports.ts';

/** Enough for every function to start. Nothing answers there, and nothing is asked: clients open with the first message. */
const environment = {
  PROJECT_ID: 'none',
  BUCKET: 'none',
  REDISHOST: '127.0.0.1',
  DBHOST: '127.0.0.1',
  DBNAME: 'none',
  DBUSER: 'none',
  METADATA_SERVER_DETECTION: 'none',
};

/** How long a built function takes from the start of its process until it listens, in milliseconds. */
export async function measureStart(name: string): Promise<number> {
  const port = await findFreePort();
  const started = new FunctionProcess({ name, port, environment, onLine: () => {}, onRestart: () => {} });
  const before = performance.now();
  await started.start();
  const took = performance.now() - before;
  await started.stop();
  return took;
}
