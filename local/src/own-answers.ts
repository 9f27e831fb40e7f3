import type { OwnAnswer } from './front.ts';
import type { Observer } from './observer.ts';

/**
 * What the runner answers about the whole loop, in the place of the cloud's consoles: `GET /traces` and
 * `GET /traces?correlation_id=…`, and at `/metrics` what all functions do together.
 */
export function answersOf(observer: Observer, predictPort: number) {
  return ({ pathname, searchParams }: URL): Promise<OwnAnswer> | undefined => {
    if (pathname === '/traces') return tellTraces(observer, searchParams.get('correlation_id') ?? undefined);
    if (pathname === '/metrics') return tellMetrics(observer, predictPort);
    return undefined;
  };
}

async function tellTraces(observer: Observer, correlationId: string | undefined): Promise<OwnAnswer> {
  return { type: 'application/json; charset=utf-8', body: JSON.stringify(observer.traces(correlationId)) };
}

/** The function that answers at this path in the cloud knows its own requests, and further numbers of the loop. */
async function tellMetrics(observer: Observer, predictPort: number): Promise<OwnAnswer> {
  const further = await fetch(`http://127.0.0.1:${predictPort}/metrics`).then(
    answer => (answer.ok ? answer.text() : ''),
    () => '',
  );
  return { type: 'text/plain; version=0.0.4; charset=utf-8', body: joinMetrics(observer.metrics(), further) };
}

/** Each metric may stand in the text only once: of the second text only those count that the first has not. */
export function joinMetrics(first: string, second: string): string {
  const nameOf = (part: string): string | undefined => /^# HELP (\S+)/.exec(part)?.[1];
  const parts = (text: string): readonly string[] => text.split(/^(?=# HELP )/m);
  const known = new Set(parts(first).map(nameOf));
  return [first, ...parts(second).filter(part => !known.has(nameOf(part)))].join('');
}
