import { type Metadata, status } from '@grpc/grpc-js';

/** A refusal that the caller is told about, with the gRPC status that Google's service answers in the same case. */
export class RpcError extends Error {
  override readonly name: string = 'RpcError';
  readonly code: status;
  /** What programs read besides the sentence. */
  readonly metadata: Metadata | undefined;

  constructor(code: status, message: string, metadata?: Metadata) {
    super(message);
    this.code = code;
    this.metadata = metadata;
  }
}

export const notFound = (message: string): RpcError => new RpcError(status.NOT_FOUND, message);
export const alreadyExists = (message: string): RpcError => new RpcError(status.ALREADY_EXISTS, message);
export const invalidArgument = (message: string): RpcError => new RpcError(status.INVALID_ARGUMENT, message);
export const failedPrecondition = (message: string): RpcError =>
  new RpcError(status.FAILED_PRECONDITION, message);
export const unimplemented = (message: string): RpcError => new RpcError(status.UNIMPLEMENTED, message);
export const notOffered = (what: string): RpcError =>
  unimplemented(`This service does not offer ${what}. Leave it out, or run against Google's.`);
