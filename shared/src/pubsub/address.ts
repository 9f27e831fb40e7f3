/** Which Pub/Sub, and which topics in it: those of one loop. */
export interface PubSubAddress {
  readonly PROJECT_ID: string;
  readonly PUBSUB_EMULATOR_HOST?: string | undefined;
  /** What the names of its topics and subscriptions begin with, where several loops share a project. */
  readonly TOPIC_PREFIX?: string | undefined;
}

/** What a client of Google's is given to find it. */
export function clientOptions({ PROJECT_ID, PUBSUB_EMULATOR_HOST }: PubSubAddress) {
  return { projectId: PROJECT_ID, ...(PUBSUB_EMULATOR_HOST && { apiEndpoint: PUBSUB_EMULATOR_HOST }) };
}

/** What an environment says of it. */
export function pubSubIn(environment: Readonly<Record<string, string | undefined>>): PubSubAddress {
  const { PROJECT_ID = '', PUBSUB_EMULATOR_HOST, TOPIC_PREFIX } = environment;
  return { PROJECT_ID, PUBSUB_EMULATOR_HOST, TOPIC_PREFIX };
}
