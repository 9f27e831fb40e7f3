import { type Agent, type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { Alarm } from '../alarm.ts';
import type { Consumer, Delivery } from '../broker/consumer.ts';
import type { Subscription } from '../broker/subscription.ts';
import type { Clock } from '../clock.ts';
import type { FaultInjector } from '../faults.ts';
import { type Endpoint, parseEndpoint } from './endpoint.ts';
import { cloudEventHeaders, pushBody } from './envelope.ts';
import { PushWindow } from './push-window.ts';

/** https://cloud.google.com/pubsub/docs/push#receive_push. */
const acknowledgingStatuses: ReadonlySet<number | undefined> = new Set([102, 200, 201, 202, 204]);

export interface PusherContext {
  readonly agents: { readonly http: Agent; readonly https: HttpsAgent };
  readonly clock: Clock;
  readonly faults: FaultInjector;
  readonly maxOutstanding: number;
}

interface Push {
  /** Nothing until it has been sent. */
  request: ClientRequest | undefined;
  readonly round: number;
}

/** Delivers a subscription's messages to its endpoint over HTTP. */
export class Pusher implements Consumer {
  readonly oneOfAKey = true;
  readonly #subscription: Subscription;
  readonly #context: PusherContext;
  readonly #endpoint: Endpoint;
  readonly #request: (options: RequestOptions) => ClientRequest;
  readonly #options: RequestOptions;
  readonly #window: PushWindow;
  readonly #underWay = new Map<string, Push>();
  readonly #endOfPause: Alarm;
  #paused = false;

  constructor(subscription: Subscription, context: PusherContext) {
    this.#subscription = subscription;
    this.#context = context;
    this.#endpoint = parseEndpoint(subscription.settings.pushEndpoint);
    const { url } = this.#endpoint;
    const isSecure = url.protocol === 'https:';
    this.#request = isSecure ? httpsRequest : httpRequest;
    const agent = isSecure ? context.agents.https : context.agents.http;
    this.#options = { ...urlToHttpOptions(url), method: 'POST', agent };
    this.#window = new PushWindow(context.maxOutstanding);
    this.#endOfPause = new Alarm(context.clock, () => this.#resume());
  }

  hasRoom(): boolean {
    return !this.#paused && this.#window.isOpen;
  }

  /**
   * Whoever published waits until the journal is written, at the end of this turn of the event loop, and for the answer,
   * which leaves at the end of the next: only then it is time for this.
   */
  deliver(delivery: Delivery): void {
    const push: Push = { request: undefined, round: this.#window.begin() };
    this.#underWay.set(delivery.ackId, push);
    const send = (): void => {
      if (this.#underWay.get(delivery.ackId) === push) push.request = this.#send(delivery);
    };
    setImmediate(() => setImmediate(send));
  }

  /** A lease that ends while its push is under way has run out of time: the endpoint took longer than the ack deadline. */
  released({ ackId }: Delivery): void {
    const push = this.#takeUnderWay(ackId);
    if (push === undefined) return;
    push.request?.destroy();
    this.#shrinkWindow(push);
  }

  ended(): void {
    this.#endOfPause.stop();
    this.#paused = true;
    for (const { request: push } of this.#underWay.values()) push?.destroy();
    this.#underWay.clear();
  }

  #send(delivery: Delivery): ClientRequest {
    const { cloudEventsTopic } = this.#endpoint;
    const body = pushBody(delivery, this.#subscription.settings);
    const push = this.#request({
      ...this.#options,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(cloudEventsTopic !== undefined && cloudEventHeaders(delivery.message, cloudEventsTopic)),
      },
    });
    push.on('response', response => {
      response.resume();
      this.#settle(delivery.ackId, acknowledgingStatuses.has(response.statusCode));
    });
    push.on('information', ({ statusCode }) => {
      if (acknowledgingStatuses.has(statusCode)) this.#settle(delivery.ackId, true);
    });
    push.on('error', () => this.#settle(delivery.ackId, false));
    push.end(body);
    return push;
  }

  #settle(ackId: string, accepted: boolean): void {
    const push = this.#takeUnderWay(ackId);
    if (push === undefined) return;
    if (accepted && !this.#context.faults.failsPush()) {
      this.#window.succeed();
      this.#subscription.acknowledge([ackId]);
    } else {
      this.#shrinkWindow(push);
      this.#subscription.modifyAckDeadline([ackId], 0);
    }
  }

  #takeUnderWay(ackId: string): Push | undefined {
    const push = this.#underWay.get(ackId);
    this.#underWay.delete(ackId);
    return push;
  }

  #shrinkWindow({ round }: Push): void {
    const pauseMs = this.#window.fail(round);
    if (pauseMs === 0) return;
    this.#paused = true;
    this.#endOfPause.setFor(this.#context.clock.now() + pauseMs);
  }

  #resume(): void {
    this.#paused = false;
    this.#subscription.dispatch();
  }
}
