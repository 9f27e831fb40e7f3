import { z } from 'zod';
import { type Exchange, readJson, sendJson, sendNothing } from './exchange.ts';
import { listPage, parseListingQuery } from './listing.ts';
import { bucketResource } from './resources.ts';

const newBucketSchema = z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() });

export async function createBucket({ request, response, origin, store }: Exchange): Promise<void> {
  const { name, labels } = await readJson(request, newBucketSchema);
  sendJson(response, bucketResource(origin, store.createBucket(name, labels)));
}

export function getBucket({ response, origin, store, param }: Exchange): void {
  sendJson(response, bucketResource(origin, store.bucket(param('bucket'))));
}

export function listBuckets({ response, origin, store, query }: Exchange): void {
  const { items, nextPageToken } = listPage(store.buckets(), parseListingQuery(query));
  const resources = items.map(bucket => bucketResource(origin, bucket));
  sendJson(response, { kind: 'storage#buckets', items: resources, nextPageToken });
}

export function deleteBucket({ response, store, param }: Exchange): void {
  store.deleteBucket(param('bucket'));
  sendNothing(response);
}
