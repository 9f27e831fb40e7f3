import { once } from 'node:events';
import { createServer } from 'node:net';
import { findFreePort } from './ports.ts';

it('finds a port that can be listened on', async () => {
  const server = createServer().listen(await findFreePort(), '127.0.0.1');
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
});
