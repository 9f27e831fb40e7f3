import type { KeyRing } from '../base/key-ring.ts';
import type { Topic } from '../contract/topics.ts';
import type { ReceivedMessage } from './envelope.ts';

// What is announced decides which model answers, and nobody looks at it again. Whoever may merely publish to such a topic
// must not decide that, nor tire the training out: programs of the deployment sign what they publish there, byte by byte.

type Signed = Pick<Topic<unknown>, 'name' | 'signed'>;

/** The attribute that a message of the topic gets, where there are keys to sign with. */
export async function signatureAttribute(
  { name, signed = false }: Signed,
  data: Buffer,
  keys: KeyRing,
): Promise<{ readonly signature?: string }> {
  const signature = signed ? await keys.sign(name, data) : undefined;
  return signature === undefined ? {} : { signature };
}

/** Whether a message is by a program of the deployment, where its topic asks for that and there are keys to tell. */
export async function isOurs(
  { name, signed = false }: Signed,
  { data, attributes, publishTime }: ReceivedMessage,
  keys: KeyRing,
): Promise<boolean> {
  if (!signed || keys.isEmpty) return true;
  return keys.isSigned(name, data, attributes.signature ?? '', publishTime);
}
