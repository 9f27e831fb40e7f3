import { download } from './download.ts';
import { type Exchange, readJson, sendJson, sendNothing } from './exchange.ts';
import { listPage, parseListingQuery } from './listing.ts';
import type { ObjectName } from './object-store.ts';
import { checkForRead, parsePreconditions } from './preconditions.ts';
import { attributesPatchSchema, attributesSchema, type ObjectRecord } from './records.ts';
import { objectResource } from './resources.ts';
import { notFound } from './storage-error.ts';

function targetOf({ param }: Exchange): ObjectName {
  return { bucket: param('bucket'), name: param('object') };
}

function requestedObject(exchange: Exchange): ObjectRecord {
  const { store, query } = exchange;
  return verifyGeneration(store.object(targetOf(exchange)), query);
}

export async function getObject(exchange: Exchange): Promise<void> {
  const { response, origin, query } = exchange;
  const record = requestedObject(exchange);
  checkForRead(parsePreconditions(query), record);
  if (query.get('alt') === 'media') await download(exchange, record);
  else sendJson(response, objectResource(origin, record));
}

export function listObjects({ response, origin, store, query, param }: Exchange): void {
  const { items, ...rest } = listPage(store.objects(param('bucket')), parseListingQuery(query));
  sendJson(response, {
    kind: 'storage#objects',
    items: items.map(item => objectResource(origin, item)),
    ...rest,
  });
}

export async function patchObject(exchange: Exchange): Promise<void> {
  const { request, response, origin, query, store } = exchange;
  const patch = await readJson(request, attributesPatchSchema);
  requestedObject(exchange);
  sendJson(
    response,
    objectResource(origin, store.update(targetOf(exchange), patch, parsePreconditions(query))),
  );
}

export function deleteObject(exchange: Exchange): void {
  const { response, query, store } = exchange;
  requestedObject(exchange);
  store.delete(targetOf(exchange), parsePreconditions(query));
  sendNothing(response);
}

export async function copyObject(exchange: Exchange): Promise<void> {
  const { response, origin } = exchange;
  sendJson(response, objectResource(origin, await copied(exchange)));
}

/** Google may take several requests for a large object; this store needs only one. */
export async function rewriteObject(exchange: Exchange): Promise<void> {
  const { response, origin } = exchange;
  const copy = await copied(exchange);
  const size = String(copy.size);
  const resource = objectResource(origin, copy);
  sendJson(response, {
    kind: 'storage#rewriteResponse',
    totalBytesRewritten: size,
    objectSize: size,
    done: true,
    resource,
  });
}

async function copied(exchange: Exchange): Promise<ObjectRecord> {
  const { request, query, store, staging, param } = exchange;
  const body = await readJson(request, attributesSchema);
  const source = requestedObject(exchange);
  const content = await staging.copy(store.contentFile(source), source);
  const attributes = Object.keys(body).length > 0 ? body : attributesSchema.parse(source);
  const target = { bucket: param('targetBucket'), name: param('targetObject') };
  try {
    return store.put(target, content, attributes, parsePreconditions(query));
  } finally {
    staging.discard(content);
  }
}

/** Only the live generation is kept, as in a bucket without versioning: asking for another one finds nothing. */
function verifyGeneration(record: ObjectRecord, query: URLSearchParams): ObjectRecord {
  const wanted = query.get('generation') ?? query.get('sourceGeneration');
  if (wanted === null || Number(wanted) === record.generation) return record;
  throw notFound(`No such object: ${record.bucket}/${record.name}#${wanted}`);
}
