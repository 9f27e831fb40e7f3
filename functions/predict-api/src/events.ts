import { EventEmitter, on } from 'node:events';
import { route } from '@banknote-loop/shared/http';
import type { Database } from '@banknote-loop/shared/postgres';
import type { Context } from './context.ts';
import { EventFeed } from './event-feed.ts';
import type { LoopEvent } from './event-sources.ts';

/** Proxies cut connections on which nothing comes for long. */
const heartbeatMs = 15_000;

/** One for each instance, which is known by its database. */
const feeds = new WeakMap<Database, EventFeed>();

export const getEvents = route({
  method: 'GET',
  path: '/events',
  summary:
    'What happens, as it happens (server-sent events): batch, feedback, job, model, dead-letter. At most a second late.',
  scope: 'loop:read',
  answer: 'text/event-stream',

  async handle(_input, context: Context) {
    const feed = feeds.get(context.db) ?? new EventFeed(context);
    feeds.set(context.db, feed);
    const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
    return { headers, stream: streamOf(feed, context.signal) };
  },
});

async function* streamOf(feed: EventFeed, signal: AbortSignal): AsyncGenerator<string> {
  const emitter = new EventEmitter();
  const write = (text: string): boolean => emitter.emit('text', text);
  const written = on(emitter, 'text', { signal });
  const leave = feed.listen(event => write(format(event)));
  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
  try {
    yield 'retry: 2000\n\n';
    for await (const [text] of written) yield text;
  } catch (error) {
    // The caller has gone: an end like any other.
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    leave();
  }
}

function format({ event, data }: LoopEvent): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
