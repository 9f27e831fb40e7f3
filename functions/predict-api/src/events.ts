import { EventEmitter, on } from 'node:events';
import { route } from '@banknote-loop/shared/http';
import type { Database } from '@banknote-loop/shared/postgres';
import type { Given } from './given.ts';
import type { News } from './news.ts';
import { NewsDesk } from './news-desk.ts';

/** Proxies cut connections on which nothing comes for long. */
const heartbeatMs = 15_000;

const desks = new WeakMap<Database, NewsDesk>();

export const getEvents = route({
  method: 'GET',
  path: '/events',
  summary:
    'What happens, as it happens (server-sent events): batch, feedback, job, model, dead-letter. Told at most a second late.',
  answers: { 200: 'text/event-stream' },

  async handle(_input, given: Given) {
    const desk = desks.get(given.db) ?? new NewsDesk(given);
    desks.set(given.db, desk);
    const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    return { headers, stream: tell(desk, given.signal) };
  },
});

async function* tell(desk: NewsDesk, signal: AbortSignal): AsyncGenerator<string> {
  const texts = new EventEmitter();
  const say = (text: string): boolean => texts.emit('text', text);
  const heard = on(texts, 'text', { signal });
  const leave = desk.listen(news => say(format(news)));
  const heartbeat = setInterval(() => say(': still here\n\n'), heartbeatMs);
  try {
    yield 'retry: 2000\n\n';
    for await (const [text] of heard) yield text;
  } catch (error) {
    // The caller has gone: an end like any other.
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    leave();
  }
}

function format({ event, data }: News): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
