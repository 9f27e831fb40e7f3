import { failedPrecondition } from '../errors.ts';
import type { Consumer } from './consumer.ts';
import type { Subscription } from './subscription.ts';

export type MakePusher = (subscription: Subscription) => Consumer;

/** Keeps one pusher connected to each subscription that has a push endpoint. */
export class Pushers {
  readonly #makePusher: MakePusher;
  readonly #connected = new Map<Subscription, Consumer>();
  #isStarted = false;

  constructor(makePusher: MakePusher) {
    this.#makePusher = makePusher;
  }

  start(subscriptions: Iterable<Subscription>): void {
    this.#isStarted = true;
    for (const subscription of subscriptions) this.connect(subscription);
  }

  connect(subscription: Subscription): void {
    const { name, pushEndpoint } = subscription.settings;
    if (!this.#isStarted || pushEndpoint === '') return;
    subscription.endConsumers(
      failedPrecondition(`The subscription ${name} pushes now and cannot be pulled from.`),
    );
    const pusher = this.#makePusher(subscription);
    this.#connected.set(subscription, pusher);
    subscription.addConsumer(pusher);
  }

  /** After a change of the endpoint. What is under way to the old one may still be answered; it only gets nothing new. */
  reconnect(subscription: Subscription): void {
    const pusher = this.#connected.get(subscription);
    if (pusher !== undefined) subscription.removeConsumer(pusher);
    this.forget(subscription);
    this.connect(subscription);
  }

  forget(subscription: Subscription): void {
    this.#connected.delete(subscription);
  }
}
