import { randomBytes } from 'node:crypto';

/** Where a piece of work stands in its trace, as W3C Trace Context has it. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

const traceparent = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Takes up the first valid `traceparent` of those given, or begins a trace; either way with a span of its own. */
export function continueTrace(...candidates: readonly (string | undefined)[]): Trace {
  const spanId = randomBytes(8).toString('hex');
  for (const candidate of candidates) {
    const [, traceId, , flags] = traceparent.exec(candidate ?? '') ?? [];
    if (traceId && flags) return { traceId, spanId, flags };
  }
  return { traceId: randomBytes(16).toString('hex'), spanId, flags: '00' };
}

export function formatTraceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`;
}
