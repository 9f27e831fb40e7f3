import type { OwnAnswer } from './front.ts';
import type { Observer } from './observer.ts';

/**
 * What the runner answers about the whole loop, in the place of the cloud's consoles: `GET /traces` and
 * `GET /traces?correlation_id=…`, and at `/metrics` what all functions do together.
 */
export function answersOf(observer: Observer) {
  return ({ pathname, searchParams }: URL): ((ofFunction: string) => OwnAnswer) | undefined => {
    if (pathname === '/traces')
      return () => tellTraces(observer, searchParams.get('correlation_id') ?? undefined);
    // The function that answers at this path in the cloud knows its own requests, and further numbers of the loop.
    if (pathname === '/metrics') return further => tellMetrics(observer, further);
    return undefined;
  };
}

function tellTraces(observer: Observer, correlationId: string | undefined): OwnAnswer {
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(observer.traces(correlationId)) };
}

function tellMetrics(observer: Observer, further: string): OwnAnswer {
  return { type: 'text/plain; version=0.0.4; charset=utf-8', body: joinMetrics(observer.metrics(), further) };
}

/** Each metric may stand in the text only once: of the second text only those count that the first has not. */
export function joinMetrics(first: string, second: string): string {
  const nameOf = (part: string): string | undefined => /^# HELP (\S+)/.exec(part)?.[1];
  const parts = (text: string): readonly string[] => text.split(/^(?=# HELP )/m);
  const known = new Set(parts(first).map(nameOf));
  return [first, ...parts(second).filter(part => !known.has(nameOf(part)))].join('');
}
