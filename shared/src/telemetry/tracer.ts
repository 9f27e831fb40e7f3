import type { Facts } from '../base/log.ts';
import type { Trace } from '../base/trace.ts';

/** A piece of work as a trace shows it: the handling of a message or request, or the publishing of a message. */
export interface Span {
  /** Its place in the trace: what the messages that come of this work name as their parent. */
  readonly trace: Trace;
  /** Begins a part of this work. */
  startChild(start: SpanStart): Span;
  /** Points to work in another trace that this one is merged with. */
  link(other: Trace): void;
  end(facts: Facts, failure?: SpanFailure): void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'consumer' | 'producer';
  /** By OpenTelemetry's semantic conventions where they have a name for it. */
  readonly attributes: Facts;
}

export interface SpanFailure {
  /** A class of failures, not a message. */
  readonly type: string;
  readonly reason: string;
}

export interface Tracer {
  start(start: SpanStart, parent: Trace | undefined): Span;
  /** Sends what has ended. Never fails, and never takes long. */
  flush(): Promise<void>;
  /** To be awaited before each answer: sends what has ended where the process may stand still once it has answered. */
  beforeAnswer(): Promise<void>;
  close(): Promise<void>;
}

export interface FreezeSettings {
  readonly FLUSH_SPANS?: 'auto' | 'always' | 'never' | undefined;
  readonly K_SERVICE?: string | undefined;
}

/** Cloud Run gives an instance no processor between requests, unless it is told to: what is left behind would wait there. */
export function mayFreeze({ FLUSH_SPANS = 'auto', K_SERVICE }: FreezeSettings): boolean {
  return FLUSH_SPANS === 'auto' ? K_SERVICE !== undefined : FLUSH_SPANS === 'always';
}
