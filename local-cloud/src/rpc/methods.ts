import { type handleUnaryCall, type Metadata, type Server, type sendUnaryData, status } from '@grpc/grpc-js';
import type { Root } from 'protobufjs';
import { methodsOf, pathOf } from './http-rules.ts';
import type { Call } from './rest-door.ts';
import { RpcError, unimplemented } from './rpc-error.ts';

/** How a message of the protocol is written and read. */
export interface Codec<Fields, Message extends Fields> {
  encode(message: Fields): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Message;
}

export interface UnaryMethod<
  Request,
  RequestMessage extends Request,
  Response,
  ResponseMessage extends Response,
> {
  readonly path: string;
  readonly request: Codec<Request, RequestMessage>;
  readonly response: Codec<Response, ResponseMessage>;
  readonly handle: (request: RequestMessage, signal: AbortSignal) => Response | Promise<Response>;
}

/** The methods that are offered: by gRPC, and one by one to whoever has the bytes of a request. */
export class Methods {
  readonly grpc: Server;
  readonly #calls = new Map<string, Call>();

  constructor(grpc: Server) {
    this.grpc = grpc;
  }

  find(path: string): Call | undefined {
    return this.#calls.get(path);
  }

  /** Offers one method; what the handler throws becomes the gRPC status. */
  register<Q, QM extends Q, S, SM extends S>(method: UnaryMethod<Q, QM, S, SM>): void {
    const { path, request, response, handle } = method;
    const serialize = serializer(response);
    const answer: handleUnaryCall<QM, S> = (call, callback) => {
      const cancelled = new AbortController();
      const abort = (): void => cancelled.abort();
      call.on('cancelled', abort);
      // Every call ends as if it were cancelled; once it is answered nobody listens, and the exception need not be made.
      void respond(
        () => handle(call.request, cancelled.signal),
        (...answer) => {
          call.off('cancelled', abort);
          callback(...answer);
        },
      );
    };
    this.grpc.register(path, answer, serialize, bytes => request.decode(bytes), 'unary');
    this.#calls.set(path, async (bytes, signal) => serialize(await handle(request.decode(bytes), signal)));
  }

  /** Lets every other method of a service say by name that it is not there. */
  refuseOthers(root: Root, service: string, says: (method: string) => string): void {
    const pass = (bytes: Buffer) => bytes;
    for (const method of methodsOf(root, service)) {
      if (method.requestStream || this.#calls.has(pathOf(method))) continue;
      const refuse: Call = () => Promise.reject(unimplemented(says(method.name)));
      this.#calls.set(pathOf(method), refuse);
      const answer: handleUnaryCall<Buffer, Buffer> = (_, callback) => {
        callback(toStatus(unimplemented(says(method.name))));
      };
      this.grpc.register(pathOf(method), answer, pass, pass, 'unary');
    }
  }
}

export function serializer<Fields, Message extends Fields>(
  codec: Codec<Fields, Message>,
): (message: Fields) => Buffer {
  return message => {
    const bytes = codec.encode(message).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

async function respond<Response>(answer: () => Response | Promise<Response>, send: sendUnaryData<Response>) {
  try {
    send(null, await answer());
  } catch (error) {
    send(toStatus(error));
  }
}

/** The status by which a caller learns of an error. */
export function toStatus(error: unknown): { code: status; details: string; metadata?: Metadata } {
  if (error instanceof RpcError) {
    const { code, message: details, metadata } = error;
    return metadata === undefined ? { code, details } : { code, details, metadata };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: status.INTERNAL, details: `The service failed: ${reason}` };
}
