import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

// The thread of bystander.ts: asks for something small until it is told that this is enough.

const everyMs = 10;

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const waits: number[] = [];
let isEnough = false;
parentPort?.once('message', () => {
  isEnough = true;
});

/** A process that has just ended answers nobody, which is found elsewhere. */
function ask(): Promise<void> {
  return new Promise(resolve => {
    const options = { agent, host: '127.0.0.1', port: workerData.port, path: '/healthz' };
    get(options, response => response.resume().on('close', resolve)).on('error', () => resolve());
  });
}

while (!isEnough) {
  const since = performance.now();
  await ask();
  waits.push(performance.now() - since);
  await delay(everyMs);
}
parentPort?.postMessage(waits);
