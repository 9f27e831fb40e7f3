import type { Topic } from '../contract/topics.ts';
import { signatureAttribute } from '../pubsub/signed-messages.ts';
import type { Instance } from './instance.ts';

/** Publishes a message that no other message or request has led to, as the tools of the command line do. Answers its id. */
export async function publishByHand(
  { publisher, messageKeys }: Pick<Instance, 'publisher' | 'messageKeys'>,
  topic: Pick<Topic<unknown>, 'name' | 'signed'>,
  message: object,
): Promise<string> {
  const data = Buffer.from(JSON.stringify(message));
  const attributes = await signatureAttribute(topic, data, messageKeys);
  return (await publisher()).send(topic.name, data, { ...attributes });
}
