import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { status } from '@grpc/grpc-js';
import { fromProto3JSON, type JSONValue, toProto3JSON } from 'proto3-json-serializer';
import type { Method, Root, Type } from 'protobufjs';
import { type HttpRule, httpRulesOf, methodsOf, pathOf } from './http-rules.ts';
import { partOf } from './partial-answer.ts';
import { invalidArgument, unimplemented } from './rpc-error.ts';

/** Carries out a method: bytes of its request in, bytes of its response out. */
export type Call = (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

export interface CallError {
  readonly code: status;
  readonly details: string;
}

export interface RestDoorOptions {
  /** The protocol's description. */
  readonly root: Root;
  readonly services: readonly string[];
  readonly methods: { find(path: string): Call | undefined };
  toError(error: unknown): CallError;
}

interface Route extends HttpRule {
  readonly method: Method;
}

type JsonObject = { [name: string]: JSONValue };

const httpStatuses: Readonly<Partial<Record<status, number>>> = {
  [status.INVALID_ARGUMENT]: 400,
  [status.FAILED_PRECONDITION]: 400,
  [status.OUT_OF_RANGE]: 400,
  [status.PERMISSION_DENIED]: 403,
  [status.NOT_FOUND]: 404,
  [status.ALREADY_EXISTS]: 409,
  [status.ABORTED]: 409,
  [status.UNIMPLEMENTED]: 501,
  [status.UNAVAILABLE]: 503,
};

/** Answers the same methods as gRPC to programs that speak JSON over HTTP, as the protocol's own rules spell them. */
export function restDoor(options: RestDoorOptions) {
  const routes: Route[] = options.services
    .flatMap(service => methodsOf(options.root, service))
    .flatMap(method => httpRulesOf(method).map(rule => ({ ...rule, method })));

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      send(response, 200, await answer(request, gone.signal, routes, options));
    } catch (error) {
      const { code, details } = options.toError(error);
      const http = httpStatuses[code] ?? 500;
      send(response, http, { error: { code: http, message: details, status: status[code] } });
    }
  };
}

async function answer(
  request: IncomingMessage,
  gone: AbortSignal,
  routes: readonly Route[],
  { methods }: RestDoorOptions,
): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const route = routes.find(({ verb, pattern }) => verb === request.method && pattern.test(url.pathname));
  const call = route && methods.find(pathOf(route.method));
  if (route === undefined || call === undefined) {
    const what = route?.method.name ?? `${request.method} ${url.pathname}`;
    throw unimplemented(`${what} is not offered here.`);
  }
  const { resolvedRequestType: requestType, resolvedResponseType: responseType } = route.method;
  if (requestType === null || responseType === null) throw new Error(`${route.method.name} has no types.`);
  const fields = { ...fromQuery(url.searchParams, requestType), ...(await fromBody(request, route)) };
  for (const [index, name] of route.variables.entries()) {
    setField(fields, name, decodeURIComponent(route.pattern.exec(url.pathname)?.[index + 1] ?? ''));
  }
  const bytes = await call(requestType.encode(toMessage(requestType, fields)).finish(), gone);
  return partOf(toProto3JSON(responseType.decode(bytes)) ?? {}, url.searchParams.get('fields'));
}

function toMessage(type: Type, fields: JsonObject) {
  checkNames(type, fields);
  try {
    return fromProto3JSON(type, fields) ?? type.create();
  } catch (error) {
    throw invalidArgument(`The request is malformed: ${error}`);
  }
}

/** The serializer leaves out what it does not know; the caller would never learn that it was dropped. */
function checkNames(type: Type, fields: JsonObject): void {
  for (const [name, value] of Object.entries(fields)) {
    const field = type.fields[name];
    if (field === undefined) {
      throw invalidArgument(`${type.name} has no field "${name}". Correct its name.`);
    }
    const inner = field.resolve().resolvedType;
    const isPlain = inner !== null && 'fields' in inner && !inner.fullName.startsWith('.google.protobuf.');
    if (isPlain && !field.map) {
      for (const item of [value].flat()) if (isObject(item)) checkNames(inner, item);
    }
  }
}

async function fromBody(request: IncomingMessage, { body }: Route): Promise<JsonObject> {
  if (body === undefined) return {};
  const text = (await buffer(request)).toString().trim() || '{}';
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return body === '*' ? json : { [toCamelCase(body)]: json };
  } catch {
    // Said below.
  }
  throw invalidArgument('The body is not a JSON object. Send one.');
}

// What any method takes; they say who asks, and how to write the answer.
const systemParameters = new Set(['alt', 'fields', 'key', 'prettyPrint', 'quotaUser', 'access_token']);

function fromQuery(query: URLSearchParams, type: Type): JsonObject {
  const fields: JsonObject = {};
  for (const [name, text] of query) {
    if (name.startsWith('$') || systemParameters.has(name)) continue;
    setField(fields, name, type.fields[name]?.type === 'bool' ? text === 'true' : text);
  }
  return fields;
}

/** Sets "topic.name" in the field "topic". */
function setField(fields: JsonObject, path: string, value: JSONValue): void {
  const [first = '', ...rest] = path.split('.').map(toCamelCase);
  if (rest.length === 0) {
    fields[first] = value;
    return;
  }
  const present = fields[first];
  const inner: JsonObject = isObject(present) ? present : {};
  setField(inner, rest.join('.'), value);
  fields[first] = inner;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toCamelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function send(response: ServerResponse, code: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(code, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}
