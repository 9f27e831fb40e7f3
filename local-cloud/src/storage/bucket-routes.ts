import { type Exchange, readJson, sendJson, sendNothing } from './exchange.ts';
import { listPage, parseListingQuery } from './listing.ts';
import { checkForRead, parsePreconditions } from './preconditions.ts';
import { bucketPatchSchema, newBucketSchema } from './records.ts';
import { bucketResource, locationType } from './resources.ts';
import { invalid } from './storage-error.ts';

export async function createBucket(exchange: Exchange): Promise<void> {
  const { request, origin, store } = exchange;
  const bucket = await readJson(request, newBucketSchema);
  sendJson(exchange, bucketResource(origin, store.createBucket(bucket)));
}

export async function patchBucket(exchange: Exchange): Promise<void> {
  const { request, origin, store, query, param } = exchange;
  const patch = await readJson(request, bucketPatchSchema);
  const record = store.updateBucket(param('bucket'), patch, parsePreconditions(query));
  sendJson(exchange, bucketResource(origin, record));
}

/** From now on the policy can only be made longer. */
export function lockRetentionPolicy(exchange: Exchange): void {
  const { origin, store, query, param } = exchange;
  const conditions = parsePreconditions(query);
  if (conditions.ifMetagenerationMatch === undefined) {
    throw invalid('What is locked stays so. Say which state of the bucket is meant: ifMetagenerationMatch.');
  }
  const record = store.lockRetention(param('bucket'), conditions);
  sendJson(exchange, bucketResource(origin, record));
}

/** Programs ask here whether a bucket has folders of its own; none has. */
export function getStorageLayout(exchange: Exchange): void {
  const record = exchange.store.bucket(exchange.param('bucket'));
  const { name, location } = record;
  sendJson(exchange, {
    kind: 'storage#storageLayout',
    bucket: name,
    location,
    locationType: locationType(record),
    hierarchicalNamespace: { enabled: false },
  });
}

/** None can be made; `gcloud storage rm --recursive` asks for them, to remove them. */
export function listManagedFolders(exchange: Exchange): void {
  exchange.store.bucket(exchange.param('bucket'));
  sendJson(exchange, { kind: 'storage#managedFolders', items: [] });
}

export function getBucket(exchange: Exchange): void {
  const { origin, store, query, param } = exchange;
  const record = store.bucket(param('bucket'));
  checkForRead(parsePreconditions(query), { generation: 0, metageneration: record.metageneration });
  sendJson(exchange, bucketResource(origin, record));
}

export function listBuckets(exchange: Exchange): void {
  const { origin, store, query } = exchange;
  const { items, nextPageToken } = listPage(store.buckets(), parseListingQuery(query));
  const resources = items.map(bucket => bucketResource(origin, bucket));
  sendJson(exchange, { kind: 'storage#buckets', items: resources, nextPageToken });
}

export function deleteBucket({ response, store, query, param }: Exchange): void {
  store.deleteBucket(param('bucket'), parsePreconditions(query));
  sendNothing(response);
}
