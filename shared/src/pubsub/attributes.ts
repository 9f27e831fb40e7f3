import { timeOrderedUuid } from '../ids.ts';
import { formatTraceparent, type Trace } from '../trace.ts';

interface Origin {
  readonly functionName: string;
  readonly topic: string;
  readonly trace: Trace;
  readonly correlationId: string;
}

/** What every message of ours carries: its trace, its batch, and its CloudEvents attributes by the Pub/Sub binding. */
export function attributesOf({ functionName, topic, trace, correlationId }: Origin): Record<string, string> {
  return {
    traceparent: formatTraceparent(trace),
    correlation_id: correlationId,
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-id': timeOrderedUuid(),
    'ce-source': `/banknote-loop/${functionName}`,
    'ce-type': `banknote-loop.${topic}.v1`,
    'ce-time': new Date().toISOString(),
  };
}

/** When the message was first published. A replay is published anew, but keeps the time that its publisher gave it. */
export function timeOf(attributes: Readonly<Record<string, string>>, publishTime: Date): Date {
  const given = Date.parse(attributes['ce-time'] ?? '');
  return Number.isNaN(given) ? publishTime : new Date(given);
}
