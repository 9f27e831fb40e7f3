import { EventEmitter, on } from 'node:events';
import { HttpError, route } from '@banknote-loop/shared/http';
import type { Context } from './context.ts';
import { EventFeed } from './event-feed.ts';
import type { LoopEvent } from './event-sources.ts';

/** Proxies cut connections on which nothing comes for long. */
const heartbeatMs = 15_000;

/** More tabs than anybody looks at; each one is a connection, and may keep an instance alive. */
const mostStreams = 20;

export function getEvents() {
  /** How many streams each caller has. */
  const streams = new Map<string, number>();
  let feed: EventFeed | undefined;
  return route({
    method: 'GET',
    path: '/events',
    summary:
      'What happens, as it happens (server-sent events): batch, feedback, job, model, dead-letter. At most a second late.',
    scope: 'loop:read',
    answer: 'text/event-stream',

    async handle(
      _input,
      context: Pick<Context, 'cache' | 'db' | 'log' | 'queues' | 'principal' | 'caller' | 'signal'>,
    ) {
      const { principal } = context;
      const signal = untilExpired(context);
      countStream(streams, principal, signal);
      feed ??= new EventFeed(context);
      const headers = { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' };
      return { headers, stream: streamOf(feed, signal) };
    },
  });
}

/** The longest that a timer can wait. */
const longestMs = 2 ** 31 - 1;

/** Whoever listens is asked again who they are when the time of their token is over. */
function untilExpired({ signal, caller: { expires } }: Pick<Context, 'signal' | 'caller'>): AbortSignal {
  if (!expires) return signal;
  const left = Math.min(Math.max(expires.getTime() - Date.now(), 0), longestMs);
  return AbortSignal.any([signal, AbortSignal.timeout(left)]);
}

function countStream(streams: Map<string, number>, principal: string, signal: AbortSignal): void {
  const open = streams.get(principal) ?? 0;
  if (open >= mostStreams) {
    throw new HttpError(429, `You listen to ${open} streams already: end one of them first.`, {
      headers: { 'retry-after': '15' },
    });
  }
  if (signal.aborted) return;
  streams.set(principal, open + 1);
  const leave = (): void => {
    const left = (streams.get(principal) ?? 1) - 1;
    if (left > 0) streams.set(principal, left);
    else streams.delete(principal);
  };
  signal.addEventListener('abort', leave, { once: true });
}

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
