import { status } from '@grpc/grpc-js';
import { RpcError } from '../rpc/rpc-error.ts';

export { failedPrecondition, invalidArgument, notOffered, RpcError } from '../rpc/rpc-error.ts';

export type ResourceKind = 'topic' | 'subscription' | 'snapshot' | 'schema';

export function notFound(kind: ResourceKind, name: string): RpcError {
  return new RpcError(
    status.NOT_FOUND,
    `Resource not found: the ${kind} ${name} does not exist. Create it first.`,
  );
}

export function alreadyExists(kind: ResourceKind, name: string): RpcError {
  return new RpcError(
    status.ALREADY_EXISTS,
    `Resource already exists: there is a ${kind} ${name}. Use it, or delete it first.`,
  );
}
