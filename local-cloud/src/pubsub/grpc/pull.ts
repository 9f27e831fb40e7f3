import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Subscription } from '../broker/subscription.ts';
import type { Clock } from '../clock.ts';
import { failedPrecondition, invalidArgument } from '../errors.ts';
import { receivedMessage } from './received-message.ts';
import { WaitingPull } from './waiting-pull.ts';

const longestWaitMs = 20_000;
const mostMessages = 1000;

/** Answers one Pull: at once when messages are there, empty-handed after a while when none come. */
export async function pull(
  subscription: Subscription,
  { maxMessages, returnImmediately }: google.pubsub.v1.PullRequest,
  { clock, cancelled }: { readonly clock: Clock; readonly cancelled: AbortSignal },
): Promise<google.pubsub.v1.IPullResponse> {
  checkPullable(subscription);
  if (maxMessages < 1)
    throw invalidArgument(`Invalid max_messages: ${maxMessages}. Ask for at least one message.`);
  const waiting = new WaitingPull(Math.min(maxMessages, mostMessages));
  const cancelTimer = clock.after(longestWaitMs, () => waiting.finish());
  cancelled.addEventListener('abort', () => waiting.finish());
  try {
    subscription.addConsumer(waiting);
    if (returnImmediately) waiting.finish();
    const deliveries = await waiting.received;
    return { receivedMessages: deliveries.map(delivery => receivedMessage(delivery, subscription)) };
  } finally {
    cancelTimer();
    subscription.removeConsumer(waiting);
  }
}

export function checkPullable({ settings }: Subscription): void {
  if (settings.isDetached) {
    throw failedPrecondition(`The subscription ${settings.name} is detached from its topic. Create it anew.`);
  }
  if (settings.pushEndpoint === '') return;
  throw failedPrecondition(
    `The subscription ${settings.name} pushes. Remove its push endpoint to pull from it.`,
  );
}
