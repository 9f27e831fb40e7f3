import { classify, describe } from '../base/errors.ts';
import { attributesOf, type Correlation } from '../pubsub/attributes.ts';
import { sendSpan, spanFacts } from '../telemetry/spans.ts';
import type { Span } from '../telemetry/tracer.ts';
import type { Instance } from './instance.ts';

/** The piece of work that a message comes of. */
export interface Source {
  readonly functionName: string;
  readonly instance: Pick<Instance, 'publisher' | 'topicOverride'>;
  readonly span: Span;
  readonly correlation: Correlation;
}

/** Publishes a message in the trace, and under the correlation id, of the work that it comes of. */
export async function publishFrom(
  { functionName, instance, span: work, correlation }: Source,
  topicName: string,
  content: unknown,
): Promise<void> {
  const topic = instance.topicOverride ?? topicName;
  const data = Buffer.from(JSON.stringify(content));
  const span = work.startChild(sendSpan(topic, data.length));
  try {
    const attributes = attributesOf({ functionName, topic, trace: span.trace, correlation });
    const publisher = await instance.publisher();
    const id = await publisher.send(topic, data, attributes);
    span.end({ ...spanFacts(correlation.id, {}), 'messaging.message.id': id });
  } catch (error) {
    span.end(spanFacts(correlation.id, {}), { type: classify(error), reason: describe(error) });
    throw error;
  }
}
