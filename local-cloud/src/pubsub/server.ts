import { Agent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Server, status } from '@grpc/grpc-js';
import { Methods, toStatus } from '../rpc/methods.ts';
import { listenOnOnePort } from '../rpc/one-port.ts';
import { restDoor } from '../rpc/rest-door.ts';
import { Broker } from './broker/broker.ts';
import type { SubscriptionStats } from './broker/stats.ts';
import { systemClock } from './clock.ts';
import { RpcError } from './errors.ts';
import { type FaultCounts, FaultInjector, type Faults } from './faults.ts';
import { protocol } from './grpc/protocol.ts';
import { registerPublisher } from './grpc/publisher.ts';
import { registerSchemas } from './grpc/schemas.ts';
import { registerSubscriber } from './grpc/subscriber.ts';
import { JournalFile } from './journal/journal-file.ts';
import { type Journal, noJournal } from './journal/record.ts';
import { replay, snapshot } from './journal/replay.ts';
import { Pusher } from './push/pusher.ts';

const host = '127.0.0.1';
// Above Google's limit of 10 MB, so that what is too large is told apart by the service, in a sentence.
const largestRequestBytes = 20_000_000;

export interface PubSubOptions {
  /** A free port when left out. */
  readonly port?: number;
  /** Where topics, subscriptions and messages survive a restart; in memory only when left out. */
  readonly dataFolder?: string;
  /** The most pushes that are under way for one subscription. */
  readonly maxOutstandingPushes?: number;
}

export interface PubSub {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** What PUBSUB_EMULATOR_HOST is to be set to. */
  readonly address: string;
  /** What goes wrong on purpose; change it at any time. */
  readonly faults: Faults;
  /** How often each fault has been injected. */
  readonly injected: Readonly<FaultCounts>;
  stats(): readonly SubscriptionStats[];
  close(): Promise<void>;
}

/** Starts a Pub/Sub service that official client libraries can talk to. */
export async function startPubSub(options: PubSubOptions = {}): Promise<PubSub> {
  const { port: wantedPort = 0, dataFolder, maxOutstandingPushes: maxOutstanding = 1000 } = options;
  const injector = new FaultInjector();
  const sockets = { keepAlive: true, maxSockets: maxOutstanding };
  const agents = { http: new Agent(sockets), https: new HttpsAgent(sockets) };
  const pushing = { agents, clock: systemClock, faults: injector, maxOutstanding };
  const { broker, journal } = openBroker(dataFolder, {
    faults: injector,
    makePusher: subscription => new Pusher(subscription, pushing),
  });
  const grpc = new Server({ 'grpc.max_receive_message_length': largestRequestBytes });
  const methods = new Methods(grpc);
  registerPublisher(methods, broker, journal);
  registerSchemas(methods, { broker, journal, clock: systemClock });
  registerSubscriber(methods, { broker, journal, clock: systemClock });
  const services = ['Publisher', 'Subscriber', 'SchemaService'].map(name => `google.pubsub.v1.${name}`);
  for (const service of services) {
    methods.refuseOthers(protocol, service, method => `This Pub/Sub does not offer ${method}.`);
  }
  const rest = restDoor({ root: protocol, services, methods, toError: toStatus });
  const listening = await listenOnOnePort({ grpc, rest, service: 'Pub/Sub' }, wantedPort);
  const { port } = listening;
  broker.startPushing();

  return {
    host,
    port,
    address: `${host}:${port}`,
    faults: injector.faults,
    injected: injector.injected,
    stats: () => broker.stats,
    async close() {
      broker.close(
        new RpcError(status.UNAVAILABLE, 'The Pub/Sub service is stopping. Try again when it is back.'),
      );
      await journal.written();
      await listening.close();
      journal.close();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

type Behaviour = Pick<ConstructorParameters<typeof Broker>[0], 'faults' | 'makePusher'>;

function openBroker(folder: string | undefined, behaviour: Behaviour): { broker: Broker; journal: Journal } {
  if (folder === undefined) {
    return {
      broker: new Broker({ ...behaviour, clock: systemClock, journal: noJournal }),
      journal: noJournal,
    };
  }
  const journal = new JournalFile(folder);
  const broker = new Broker({ ...behaviour, clock: systemClock, journal });
  replay(journal.read(), broker);
  journal.compactFrom(() => snapshot(broker));
  return { broker, journal };
}
