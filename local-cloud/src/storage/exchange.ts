import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import { partOf } from '../rpc/partial-answer.ts';
import type { ObjectStore } from './object-store.ts';
import { refuseFields } from './refusals.ts';
import type { ResumableUploads } from './resumable-uploads.ts';
import type { Staging } from './staging.ts';
import { invalid, StorageError } from './storage-error.ts';

export interface Services {
  readonly store: ObjectStore;
  readonly staging: Staging;
  readonly uploads: ResumableUploads;
}

/** One request with everything that its handler needs. */
export interface Exchange extends Services {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The server's address as the client knows it. */
  readonly origin: string;
  /** A part of the path, by its name in the route. */
  param(name: string): string;
}

export type Handler = (exchange: Exchange) => void | Promise<void>;

/** All of it, or the part that the parameter `fields` asks for. */
export function sendJson({ response, query }: Pick<Exchange, 'response' | 'query'>, body: object): void {
  write(response, partOf(body, query.get('fields')), 200);
}

function write(response: ServerResponse, body: unknown, status: number): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

export function sendNothing(
  response: ServerResponse,
  status = 204,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-length': 0 }).end();
}

export function sendError(response: ServerResponse, error: unknown): void {
  // The status of an answer that has begun cannot be changed: cut it off, so that the client notices.
  if (response.headersSent) response.destroy();
  else if (!(error instanceof StorageError)) write(response, internal(error), 500);
  else if (error.status === 304) response.writeHead(304).end();
  else write(response, error, error.status);
}

function internal(error: unknown): StorageError {
  return new StorageError(500, 'internalError', `The local object store failed: ${String(error)}`);
}

export async function readJson<Schema extends z.ZodObject>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.infer<Schema>> {
  return parseJson((await buffer(request)).toString(), schema);
}

/** No text at all stands for an empty object. */
export function parseJson<Schema extends z.ZodObject>(text: string, schema: Schema): z.infer<Schema> {
  const json = jsonOf(text.trim() || '{}');
  refuseFields(json, Object.keys(schema.shape));
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`The body's field ${issue?.path.join('.')} is wrong: ${issue?.message}.`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('The body is not JSON. Send a JSON object.');
  }
}
