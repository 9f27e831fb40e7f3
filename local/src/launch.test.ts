import { once } from 'node:events';
import { createServer } from 'node:http';
import { launch } from './launch.ts';
import { findFreePort } from './ports.ts';

const environment = {
  PROJECT_ID: 'none',
  REDISHOST: '127.0.0.1',
  METADATA_SERVER_DETECTION: 'none',
};

it('does not take another program at its port for the function', async () => {
  const port = await findFreePort();
  const other = createServer((_, answer) => answer.writeHead(501).end()).listen(port, '127.0.0.1');
  await once(other, 'listening');
  try {
    const { listens } = launch({ name: 'prediction-to-cache', port, environment, onLine: () => {} });
    await expect(listens()).rejects.toThrow('The function prediction-to-cache ended before it listened');
  } finally {
    other.close();
  }
});

it('is known to be gone when it was killed', async () => {
  const port = await findFreePort();
  const { child, listens } = launch({ name: 'prediction-to-cache', port, environment, onLine: () => {} });
  const closed = once(child, 'close');
  await listens();
  child.kill('SIGKILL');
  expect(await closed).toEqual([null, 'SIGKILL']);
});
