import type { Topic } from '@banknote-loop/shared/contract';
import {
  type Clients,
  createDelivery,
  type EventFunction,
  startInstance,
  type Uses,
} from '@banknote-loop/shared/function';
import type { Envelope } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';

/** Hands a function what it receives from Pub/Sub, and fails unless it is done with it. */
export type Receive = (envelope: Envelope) => Promise<void>;

/** The whole function between the web server, which parses the request, and Pub/Sub, which takes what it publishes. */
export function openReceiver<Message, Used extends Uses, Sent extends Topic<unknown>>(
  definition: EventFunction<Message, Used, Sent>,
  clients: Clients<Used>,
): Receive {
  const { name, publishes } = definition;
  const publisher = { send: async () => '1', close: async () => {} };
  const deliver = createDelivery(definition, {
    ...startInstance({ name, publishes, uses: {} }, { PROJECT_ID: 'bench', LOG_LEVEL: 'silent' }, banknotes),
    publisher: async () => publisher,
    clients: async () => clients,
  });
  return async ({ body, headers }) => {
    const outcome = await deliver(body, headers);
    if (outcome !== 'done') throw new Error(`${definition.name} did not take a message: ${outcome}.`);
  };
}
