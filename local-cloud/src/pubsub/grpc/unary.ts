import { type handleUnaryCall, type Server, type sendUnaryData, status } from '@grpc/grpc-js';
import { PubSubError } from '../errors.ts';

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

/** Lets the server answer one method; what the handler throws becomes the gRPC status. */
export function registerUnary<Q, QM extends Q, S, SM extends S>(
  server: Server,
  { path, request, response, handle }: UnaryMethod<Q, QM, S, SM>,
): void {
  const answer: handleUnaryCall<QM, S> = (call, callback) => {
    const cancelled = new AbortController();
    call.on('cancelled', () => cancelled.abort());
    void respond(() => handle(call.request, cancelled.signal), callback);
  };
  server.register(path, answer, serializer(response), bytes => request.decode(bytes), 'unary');
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
export function toStatus(error: unknown): { code: status; details: string } {
  if (error instanceof PubSubError) return { code: error.code, details: error.message };
  const reason = error instanceof Error ? error.message : String(error);
  return { code: status.INTERNAL, details: `The Pub/Sub service failed: ${reason}` };
}
