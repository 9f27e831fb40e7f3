import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { download } from './download.ts';
import { type Exchange, readJson, sendJson, sendNothing } from './exchange.ts';
import { listPage, parseListingQuery } from './listing.ts';
import type { ObjectName } from './object-store.ts';
import {
  checkEntityTag,
  checkForRead,
  checkForWrite,
  parseHeaderPreconditions,
  parsePreconditions,
  parseSourcePreconditions,
  preconditionsSchema,
} from './preconditions.ts';
import { attributesPatchSchema, attributesSchema, type ObjectRecord } from './records.ts';
import { entityTag, objectResource } from './resources.ts';
import { retainedUntil } from './rules.ts';
import { invalid } from './storage-error.ts';

const mostSources = 32;

function targetOf({ param, query }: Exchange, generation = 'generation'): ObjectName {
  const wanted = query.get(generation);
  const name = { bucket: param('bucket'), name: param('object') };
  return wanted === null || wanted === '' ? name : { ...name, generation: Number(wanted) };
}

export function resourceOf(
  { origin, store }: Pick<Exchange, 'origin' | 'store'>,
  record: ObjectRecord,
): object {
  return objectResource(origin, record, retainedUntil(record, store.bucket(record.bucket)));
}

export async function getObject(exchange: Exchange): Promise<void> {
  if (exchange.query.get('alt') === 'media') return getContent(exchange);
  const record = readable(exchange);
  sendJson(exchange, resourceOf(exchange, record));
}

/** What the XML API answers to `GET /BUCKET/OBJECT`: Go's client reads this way. */
export async function getContent(exchange: Exchange): Promise<void> {
  await download(exchange, readable(exchange));
}

function readable(exchange: Exchange): ObjectRecord {
  const { query, request, store } = exchange;
  const record = store.object(targetOf(exchange));
  checkForRead({ ...parsePreconditions(query), ...parseHeaderPreconditions(request.headers) }, record);
  checkEntityTag(request.headers, entityTag(record));
  return record;
}

export function listObjects(exchange: Exchange): void {
  const { store, query, param } = exchange;
  const wanted = parseListingQuery(query);
  const all = wanted.versions ? store.versions(param('bucket')) : store.objects(param('bucket'));
  const { items, ...rest } = listPage(all, wanted);
  sendJson(exchange, {
    kind: 'storage#objects',
    items: items.map(item => resourceOf(exchange, item)),
    ...rest,
  });
}

export async function patchObject(exchange: Exchange): Promise<void> {
  const { request, query, store } = exchange;
  const patch = await readJson(request, attributesPatchSchema);
  const record = store.update(targetOf(exchange), patch, parsePreconditions(query));
  sendJson(exchange, resourceOf(exchange, record));
}

export function deleteObject(exchange: Exchange): void {
  const { response, query, store } = exchange;
  store.delete(targetOf(exchange), parsePreconditions(query));
  sendNothing(response);
}

export async function copyObject(exchange: Exchange): Promise<void> {
  sendJson(exchange, resourceOf(exchange, await copied(exchange)));
}

/** Google may take several requests for a large object; this store needs only one. */
export async function rewriteObject(exchange: Exchange): Promise<void> {
  const copy = await copied(exchange);
  const size = String(copy.size);
  sendJson(exchange, {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource: resourceOf(exchange, copy),
  });
}

/** Within the bucket. */
export async function moveObject(exchange: Exchange): Promise<void> {
  const { store, param } = exchange;
  const source = store.object(targetOf(exchange));
  const moved = await copied({
    ...exchange,
    param: name => (name === 'targetBucket' ? param('bucket') : param(name)),
  });
  store.delete({ bucket: source.bucket, name: source.name }, { ifGenerationMatch: source.generation });
  sendJson(exchange, resourceOf(exchange, moved));
}

async function copied(exchange: Exchange): Promise<ObjectRecord> {
  const { request, query, store, staging, param } = exchange;
  const body = await readJson(request, attributesSchema);
  const source = store.object(targetOf(exchange, 'sourceGeneration'));
  checkForWrite(parseSourcePreconditions(query), source);
  const content = await staging.copy(store.contentFile(source), source);
  const attributes = Object.keys(body).length > 0 ? body : copiedAttributes(source);
  const target = { bucket: param('targetBucket'), name: param('targetObject') };
  try {
    return store.put(target, content, attributes, parsePreconditions(query), source.componentCount);
  } finally {
    staging.discard(content);
  }
}

/** A hold is on one object; its copy is free. */
function copiedAttributes(source: ObjectRecord) {
  const { temporaryHold, eventBasedHold, ...attributes } = attributesSchema.parse(source);
  return attributes;
}

const composeSchema = z.object({
  kind: z.string().optional(),
  sourceObjects: z.array(
    z.strictObject({
      name: z.string(),
      generation: z.coerce.number().optional(),
      objectPreconditions: preconditionsSchema.pick({ ifGenerationMatch: true }).optional(),
    }),
  ),
  destination: attributesSchema.optional(),
});

/** Puts objects together into one. */
export async function composeObject(exchange: Exchange): Promise<void> {
  const { request, query, store, staging, param } = exchange;
  const { sourceObjects, destination } = await readJson(request, composeSchema);
  if (sourceObjects.length === 0 || sourceObjects.length > mostSources) {
    throw invalid(`${sourceObjects.length} objects cannot be composed. Name 1 to ${mostSources}.`);
  }
  const sources = sourceObjects.map(({ name, generation, objectPreconditions }) => {
    const source = store.object({ bucket: param('bucket'), name, generation });
    checkForWrite(objectPreconditions ?? {}, source);
    return source;
  });
  const content = await staging.receive(contentOf(sources.map(source => store.contentFile(source))));
  const count = sources.reduce((sum, { componentCount = 1 }) => sum + componentCount, 0);
  const target = { bucket: param('bucket'), name: param('object') };
  const contentType = sources[0]?.contentType;
  try {
    const attributes = { contentType, ...destination };
    const record = store.put(target, content, attributes, parsePreconditions(query), count);
    sendJson(exchange, resourceOf(exchange, record));
  } finally {
    staging.discard(content);
  }
}

async function* contentOf(files: readonly string[]): AsyncGenerator<Buffer> {
  for (const file of files) yield* createReadStream(file);
}
