import { type Metadata, status } from '@grpc/grpc-js';

/** A refusal that the caller is told about, with the gRPC status that Google's service answers in the same case. */
export class PubSubError extends Error {
  override readonly name = 'PubSubError';
  readonly code: status;
  /** What programs read besides the sentence. */
  readonly metadata: Metadata | undefined;

  constructor(code: status, message: string, metadata?: Metadata) {
    super(message);
    this.code = code;
    this.metadata = metadata;
  }
}

export type ResourceKind = 'topic' | 'subscription' | 'snapshot';

export function notFound(kind: ResourceKind, name: string): PubSubError {
  return new PubSubError(
    status.NOT_FOUND,
    `Resource not found: the ${kind} ${name} does not exist. Create it first.`,
  );
}

export function alreadyExists(kind: ResourceKind, name: string): PubSubError {
  return new PubSubError(
    status.ALREADY_EXISTS,
    `Resource already exists: there is a ${kind} ${name}. Use it, or delete it first.`,
  );
}

export function invalidArgument(message: string): PubSubError {
  return new PubSubError(status.INVALID_ARGUMENT, message);
}

export function failedPrecondition(message: string): PubSubError {
  return new PubSubError(status.FAILED_PRECONDITION, message);
}

export function notOffered(what: string): PubSubError {
  return new PubSubError(
    status.UNIMPLEMENTED,
    `This Pub/Sub does not offer ${what}. Leave it out, or run against Google's Pub/Sub.`,
  );
}
