import { PubSub, v1 } from '@google-cloud/pubsub';
import { credentials } from '@grpc/grpc-js';

const { PublisherClient, SchemaServiceClient, SubscriberClient } = v1;

/** The official clients, connected to one address: as applications use them, and call by call. */
export interface Clients {
  readonly pubsub: PubSub;
  readonly publisher: InstanceType<typeof PublisherClient>;
  readonly subscriber: InstanceType<typeof SubscriberClient>;
  readonly schemas: InstanceType<typeof SchemaServiceClient>;
  close(): Promise<void>;
}

export function connectClients(address: string): Clients {
  process.env.PUBSUB_EMULATOR_HOST = address;
  // Nobody needs credentials here; without this, the clients look for them on the network.
  process.env.METADATA_SERVER_DETECTION = 'none';
  const [servicePath, port] = address.split(':');
  const connection = {
    servicePath,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    projectId: 'test',
  };
  const pubsub = new PubSub({ projectId: 'test' });
  const publisher = new PublisherClient(connection);
  const subscriber = new SubscriberClient(connection);
  const schemas = new SchemaServiceClient(connection);
  return {
    pubsub,
    publisher,
    subscriber,
    schemas,
    async close() {
      await Promise.all([pubsub.close(), publisher.close(), subscriber.close(), schemas.close()]);
    },
  };
}
