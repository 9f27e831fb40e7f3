import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Where operating systems give no port to whoever asks for any, be it to listen or to call somebody: what was free
 * here is still free when the program that it was found for takes it.
 */
const range = { from: 20_000, to: 32_768 } as const;
const attempts = 100;

/** Finds a port of the loopback interface that nothing listens on, for programs that cannot choose one themselves. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    const port = randomInt(range.from, range.to);
    try {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      server.close();
      await once(server, 'close');
      return port;
    } catch (cause) {
      if (attempt === attempts)
        throw new Error('There is no port that a program could listen on.', { cause });
    }
  }
}

const timeoutMs = 2_000;

/** Whether something answers there to these words: a program that hangs still takes connections. */
export function answers(port: number, words: string | Buffer, withinMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(words));
    const timer = setTimeout(() => end(false), withinMs);
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}

/** Whether something takes connections there. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ port, host, timeout: timeoutMs });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}
