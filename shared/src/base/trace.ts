import { takeRandomBytes } from './random-bytes.ts';

/** Where a piece of work stands in its trace, as W3C Trace Context has it. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** The first valid `traceparent` of those given. */
export function readTraceparent(...candidates: readonly (string | undefined)[]): Trace | undefined {
  for (const candidate of candidates) {
    const [, traceId, spanId, flags] = traceparent.exec(candidate ?? '') ?? [];
    if (traceId && spanId && flags) return { traceId, spanId, flags };
  }
  return undefined;
}

/** A place of its own in the trace of the parent, or without one in a new trace. */
export function continueTrace(parent?: Trace): Trace {
  const spanId = takeRandomBytes(8).toString('hex');
  return parent
    ? { ...parent, spanId }
    : { traceId: takeRandomBytes(16).toString('hex'), spanId, flags: '00' };
}

export function formatTraceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
