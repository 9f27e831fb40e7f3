import { type Exchange, readJson, sendJson, sendNothing } from './exchange.ts';
import { listPage, parseListingQuery } from './listing.ts';
import { checkForRead, parsePreconditions } from './preconditions.ts';
import { bucketPatchSchema, newBucketSchema } from './records.ts';
import { bucketResource, locationType } from './resources.ts';

export async function createBucket({ request, response, origin, store }: Exchange): Promise<void> {
  const bucket = await readJson(request, newBucketSchema);
  sendJson(response, bucketResource(origin, store.createBucket(bucket)));
}

export async function patchBucket({
  request,
  response,
  origin,
  store,
  query,
  param,
}: Exchange): Promise<void> {
  const patch = await readJson(request, bucketPatchSchema);
  const record = store.updateBucket(param('bucket'), patch, parsePreconditions(query));
  sendJson(response, bucketResource(origin, record));
}

/** Programs ask here whether a bucket has folders of its own; none has. */
export function getStorageLayout({ response, store, param }: Exchange): void {
  const { name, location } = store.bucket(param('bucket'));
  sendJson(response, {
    kind: 'storage#storageLayout',
    bucket: name,
    location,
    locationType: locationType(location),
    hierarchicalNamespace: { enabled: false },
  });
}

/** None can be made; `gcloud storage rm --recursive` asks for them, to remove them. */
export function listManagedFolders({ response, store, param }: Exchange): void {
  store.bucket(param('bucket'));
  sendJson(response, { kind: 'storage#managedFolders', items: [] });
}

export function getBucket({ response, origin, store, query, param }: Exchange): void {
  const record = store.bucket(param('bucket'));
  checkForRead(parsePreconditions(query), { generation: 0, metageneration: record.metageneration });
  sendJson(response, bucketResource(origin, record));
}

export function listBuckets({ response, origin, store, query }: Exchange): void {
  const { items, nextPageToken } = listPage(store.buckets(), parseListingQuery(query));
  const resources = items.map(bucket => bucketResource(origin, bucket));
  sendJson(response, { kind: 'storage#buckets', items: resources, nextPageToken });
}

export function deleteBucket({ response, store, query, param }: Exchange): void {
  store.deleteBucket(param('bucket'), parsePreconditions(query));
  sendNothing(response);
}
