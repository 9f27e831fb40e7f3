import protos from '@google-cloud/pubsub/build/protos/protos.js';
import description from '@google-cloud/pubsub/build/protos/protos.json' with { type: 'json' };
import protobuf from 'protobufjs';

/** The messages of the protocol, and how they are written and read. Google's client library brings them along. */
export const wire = protos.google.pubsub.v1;
export const emptyMessage = protos.google.protobuf.Empty;

/** The protocol's description of itself. */
export const protocol = protobuf.Root.fromJSON(description);
