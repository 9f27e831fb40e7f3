import type { Instance } from '../function/instance.ts';
import { publishFrom } from '../function/publishing.ts';
import type { Span } from '../telemetry/tracer.ts';

/** Publishes on behalf of a request, in its trace; tells under which correlation id. */
export function createPublish(
  functionName: string,
  instance: Instance,
  span: Span,
  onCorrelation: (id: string) => void,
) {
  const since = new Date();
  return async (topic: { readonly name: string }, message: { readonly batch_id?: string }): Promise<void> => {
    const correlation = { id: message.batch_id ?? span.trace.traceId, since };
    onCorrelation(correlation.id);
    await publishFrom({ functionName, instance, span, correlation }, topic.name, message);
  };
}
