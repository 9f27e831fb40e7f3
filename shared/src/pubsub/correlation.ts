import { timeOrderedUuid } from '../base/ids.ts';
import { formatTraceparent, type Trace } from '../base/trace.ts';

/** The request from outside that a piece of work goes back to. */
export interface Correlation {
  readonly id: string;
  /** When that request came. */
  readonly since: Date;
}

interface Published {
  readonly functionName: string;
  readonly topic: string;
  readonly trace: Trace;
  readonly correlation: Correlation;
}

/** What every message of ours carries: its trace, its batch, and its CloudEvents attributes by the Pub/Sub binding. */
export function messageAttributes({
  functionName,
  topic,
  trace,
  correlation,
}: Published): Record<string, string> {
  return {
    traceparent: formatTraceparent(trace),
    correlation_id: correlation.id,
    correlation_time: correlation.since.toISOString(),
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': timeOrderedUuid(),
    'ce-source': `/banknote-loop/${functionName}`,
    'ce-type': `banknote-loop.${topic}.v1`,
    'ce-time': new Date().toISOString(),
  };
}

/** When the message was first published. A replay is published anew, but keeps the time that its publisher gave it. */
export function firstPublished(attributes: Readonly<Record<string, string>>, publishTime: Date): Date {
  return parseTime(attributes['ce-time']) ?? publishTime;
}

/** What a message goes back to; to itself, if its publisher does not say so. */
export function correlationOf(content: unknown, { attributes, id, publishTime }: Received): Correlation {
  const since = parseTime(attributes.correlation_time) ?? publishTime;
  return {
    id: idIn(content, 'batch_id') ?? attributes.correlation_id ?? idIn(content, 'job_id') ?? id,
    since,
  };
}

interface Received {
  readonly attributes: Readonly<Record<string, string>>;
  readonly id: string;
  readonly publishTime: Date;
}

function idIn(content: unknown, name: string): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const id: unknown = Reflect.get(content, name);
  return typeof id === 'string' ? id : undefined;
}

function parseTime(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
