import { Metadata, status } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { RpcError } from '../errors.ts';

// As google/rpc/status.proto and google/rpc/error_details.proto have them.
const Any = new protobuf.Type('Any')
  .add(new protobuf.Field('typeUrl', 1, 'string'))
  .add(new protobuf.Field('value', 2, 'bytes'));
const Status = new protobuf.Type('Status')
  .add(new protobuf.Field('code', 1, 'int32'))
  .add(new protobuf.Field('message', 2, 'string'))
  .add(new protobuf.Field('details', 3, 'Any', 'repeated'))
  .add(Any);
const ErrorInfo = new protobuf.Type('ErrorInfo')
  .add(new protobuf.Field('reason', 1, 'string'))
  .add(new protobuf.Field('domain', 2, 'string'))
  .add(new protobuf.MapField('metadata', 3, 'string', 'string'));
new protobuf.Root().add(Status).add(ErrorInfo).resolveAll();

/** What exactly-once delivery says of acknowledgements that came too late, in the form that Google's clients read. */
export function ackIdsRefused(ackIds: readonly string[]): RpcError {
  const message = 'Some acknowledgement ids are of deliveries that have ended. The messages come again.';
  const code = status.INVALID_ARGUMENT;
  const reasons = ackIds.map(ackId => [ackId, 'PERMANENT_FAILURE_INVALID_ACK_ID']);
  const value = encode(ErrorInfo, {
    reason: 'ACKNOWLEDGEMENT_FAILED',
    domain: 'pubsub.googleapis.com',
    metadata: Object.fromEntries(reasons),
  });
  const details = [{ typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo', value }];
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', encode(Status, { code, message, details }));
  return new RpcError(code, message, metadata);
}

function encode(type: protobuf.Type, fields: Record<string, unknown>): Buffer {
  return Buffer.from(type.encode(type.fromObject(fields)).finish());
}
