import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  type handleUnaryCall,
  type ServiceDefinition,
  type ServiceError,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type AnyDefinition, fromJSON, type ServiceDefinition as LoadedService } from '@grpc/proto-loader';
import { GrpcError, unimplemented } from './grpc-error.ts';

const serviceName = 'google.cloud.secretmanager.v1.SecretManagerService';
const protoFile = '@google-cloud/secret-manager/build/protos/protos.json';

/** The service as the official client's own description has it. */
export function loadServiceDefinition(): ServiceDefinition {
  const file = createRequire(import.meta.filename).resolve(protoFile);
  const definitions = fromJSON(JSON.parse(readFileSync(file, 'utf8')), {
    longs: String,
    enums: String,
    defaults: true,
  });
  const service = definitions[serviceName];
  if (service === undefined || !isService(service))
    throw new Error(`${file} does not describe ${serviceName}.`);
  return service;
}

function isService(definition: AnyDefinition): definition is LoadedService {
  return !('format' in definition);
}

/** Turns a plain function into a gRPC method: what it returns is the reply, what it throws the status. */
export function unary<Request, Reply>(method: (request: Request) => Reply): handleUnaryCall<Request, Reply> {
  return (call, callback) => {
    try {
      callback(null, method(call.request));
    } catch (error) {
      callback(asStatus(error));
    }
  };
}

function asStatus(error: unknown): Partial<ServiceError> {
  if (error instanceof GrpcError) return { code: error.code, details: error.message };
  return { code: status.INTERNAL, details: `The local Secret Manager failed: ${String(error)}` };
}

/** Gives every method of the service that is not there an answer that says so. */
export function withTheRestUnimplemented(
  definition: ServiceDefinition,
  implemented: UntypedServiceImplementation,
): UntypedServiceImplementation {
  const missing = Object.keys(definition).filter(name => !(name in implemented));
  const refusals = missing.map(name => [name, unary(() => refuse(name, Object.keys(implemented)))]);
  return { ...Object.fromEntries(refusals), ...implemented };
}

function refuse(name: string, implemented: readonly string[]): never {
  throw unimplemented(
    `The local Secret Manager does not implement ${name}. It implements ${implemented.join(', ')}.`,
  );
}
