import type { SpanFailure, SpanStart } from './tracer.ts';

// Names and attributes by OpenTelemetry's semantic conventions for HTTP servers.

/** The answering of a request. It is known by its route: paths hold ids, and no two of them would be alike. */
export function requestSpan(method: string, route: string): SpanStart {
  return {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route },
  };
}

/** A caller's mistake is no failure of the server. */
export function requestFailure(status: number): SpanFailure | undefined {
  return status < 500 ? undefined : { type: String(status), reason: `Answered with ${status}.` };
}
