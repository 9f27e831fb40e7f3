import { invalidArgument } from '../errors.ts';

const cloudEventsMode = '__GCP_CloudEventsMode';
const customPubSub = 'CUSTOM_PUBSUB_';

/** Where and in which form a subscription's messages are pushed. */
export interface Endpoint {
  readonly url: URL;
  /** The topic to name as the source of CloudEvents; undefined for plain pushes. */
  readonly cloudEventsTopic: string | undefined;
}

export function parseEndpoint(address: string): Endpoint {
  const url = URL.parse(address);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw invalidArgument(
      `Invalid push endpoint: "${address}". Give an address that begins with http:// or https://.`,
    );
  }
  const mode = url.searchParams.get(cloudEventsMode);
  return {
    url,
    cloudEventsTopic: mode?.startsWith(customPubSub) ? mode.slice(customPubSub.length) : undefined,
  };
}
