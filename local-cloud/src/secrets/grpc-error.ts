import { status } from '@grpc/grpc-js';

/** An answer to a gRPC call that is not its result. */
export class GrpcError extends Error {
  readonly code: status;

  constructor(code: status, message: string) {
    super(message);
    this.name = 'GrpcError';
    this.code = code;
  }
}

export const notFound = (message: string): GrpcError => new GrpcError(status.NOT_FOUND, message);
export const alreadyExists = (message: string): GrpcError => new GrpcError(status.ALREADY_EXISTS, message);
export const invalidArgument = (message: string): GrpcError =>
  new GrpcError(status.INVALID_ARGUMENT, message);
export const failedPrecondition = (message: string): GrpcError =>
  new GrpcError(status.FAILED_PRECONDITION, message);
export const unimplemented = (message: string): GrpcError => new GrpcError(status.UNIMPLEMENTED, message);
