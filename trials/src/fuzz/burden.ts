import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSet } from '@banknote-loop/shared/data-set';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { residentMegabytes } from '../faults/memory.ts';
import { heavyRequests } from './heavy.ts';
import type { HostileRequest } from './requests.ts';
import { send } from './send.ts';

// What the heaviest requests cost a function: memory, and the time of others who ask it for something meanwhile.

/** What a function may grow by while it reads the heaviest bodies, eight at a time. */
const mayGrowMegabytes = 256;
/** How long somebody else may wait for a function that reads one. */
const mayWaitMs = 50;
/** The machine may be busy with other things: what keeps others waiting each time does so by itself. */
const tries = 4;
const bystanderEveryMs = 4;

export interface Burden {
  readonly requests: number;
  readonly grownMegabytes: number;
  /** By the heaviest request, the least of several tries. */
  readonly waitMs: number;
  readonly problems: readonly string[];
}

interface Running {
  readonly port: number;
  readonly pid: number | undefined;
}

export async function burden(
  dataSet: DataSet,
  definition: AnyFunction,
  { port, pid }: Running,
): Promise<Burden> {
  const requests = heavyRequests(dataSet, definition);
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  // The first requests compile what reads them.
  await Promise.all(requests.slice(0, 4).map(one => send(one, port, agent)));
  const problems: string[] = [];
  let waitMs = 0;
  for (const heavy of requests) {
    const waited = await leastWait(heavy, port, agent);
    waitMs = Math.max(waitMs, waited);
    if (waited > mayWaitMs)
      problems.push(`${sketch(heavy)} keeps others waiting for ${Math.round(waited)} ms.`);
  }
  const before = residentMegabytes(pid);
  let most = before;
  const sampler = setInterval(() => {
    most = Math.max(most, residentMegabytes(pid));
  }, 20);
  await Promise.all(requests.map(heavy => send(heavy, port, agent)));
  clearInterval(sampler);
  agent.destroy();
  const grownMegabytes = most - before;
  if (grownMegabytes > mayGrowMegabytes) {
    problems.push(`${requests.length} heavy requests make it grow by ${Math.round(grownMegabytes)} MB.`);
  }
  return { requests: requests.length, grownMegabytes, waitMs, problems };
}

async function leastWait(heavy: HostileRequest, port: number, agent: Agent): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < tries && least > mayWaitMs; attempt += 1) {
    least = Math.min(least, await waitBeside(heavy, port, agent));
  }
  return least;
}

/** The longest that a bystander waits for an answer while a heavy request is worked on. */
async function waitBeside(heavy: HostileRequest, port: number, agent: Agent): Promise<number> {
  const own = new Agent({ keepAlive: true, maxSockets: 1 });
  const bystander = { method: 'GET', path: '/healthz', headers: {}, body: Buffer.alloc(0) };
  let isOver = false;
  const over = send(heavy, port, agent).finally(() => {
    isOver = true;
  });
  let longest = 0;
  while (!isOver) {
    const since = performance.now();
    await send(bystander, port, own);
    longest = Math.max(longest, performance.now() - since);
    await delay(bystanderEveryMs);
  }
  await over;
  own.destroy();
  return longest;
}

/** Enough to know a request by. */
function sketch({ method, path, body }: HostileRequest): string {
  const text = method === 'POST' && path === '/' ? decoded(body) : body.toString('latin1', 0, 100);
  return `${method} ${path} ${text.slice(0, 40).replaceAll('\n', '\\n')}… (${body.length} bytes)`;
}

function decoded(body: Buffer): string {
  const { message } = JSON.parse(body.toString()) as { readonly message: { readonly data: string } };
  return Buffer.from(message.data.slice(0, 200), 'base64').toString('latin1');
}
