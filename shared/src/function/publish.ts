import { classify, describe } from '../base/errors.ts';
import { type Correlation, messageAttributes } from '../pubsub/correlation.ts';
import { sendSpan, spanFacts } from '../telemetry/spans.ts';
import type { Span } from '../telemetry/tracer.ts';
import type { Instance } from './instance.ts';

/** The work that a message is published for: the handling of another message, or of a request. */
interface Cause {
  readonly functionName: string;
  readonly instance: Pick<Instance, 'publisher' | 'topicOverride'>;
  readonly span: Span;
  /** What the message goes back to. */
  correlate(message: unknown): Correlation;
}

/** Makes the `publish` of a handler: each message carries the trace and the correlation of the work that it comes of. */
export function createPublish({ functionName, instance, span: work, correlate }: Cause) {
  return async ({ name }: { readonly name: string }, message: unknown): Promise<void> => {
    const topic = instance.topicOverride ?? name;
    const correlation = correlate(message);
    const data = Buffer.from(JSON.stringify(message));
    const span = work.startChild(sendSpan(topic, data.length));
    try {
      const attributes = messageAttributes({ functionName, topic, trace: span.trace, correlation });
      const publisher = await instance.publisher();
      const id = await publisher.send(topic, data, attributes);
      span.end({ ...spanFacts(correlation.id, {}), 'messaging.message.id': id });
    } catch (error) {
      span.end(spanFacts(correlation.id, {}), { type: classify(error), reason: describe(error) });
      throw error;
    }
  };
}
