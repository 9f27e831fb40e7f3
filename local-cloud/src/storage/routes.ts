import {
  createBucket,
  deleteBucket,
  getBucket,
  getStorageLayout,
  listBuckets,
  listManagedFolders,
  lockRetentionPolicy,
  patchBucket,
} from './bucket-routes.ts';
import type { Handler } from './exchange.ts';
import {
  composeObject,
  copyObject,
  deleteObject,
  getContent,
  getObject,
  listObjects,
  moveObject,
  patchObject,
  rewriteObject,
} from './object-routes.ts';
import { invalid, notImplemented } from './storage-error.ts';
import { cancelUpload, continueUpload, startUpload } from './upload-routes.ts';

type Route = readonly [method: string, path: string, handler: Handler];

const upload = '/upload/storage/v1/b/:bucket/o';
const copy = 'b/:targetBucket/o/:targetObject';

const routes: readonly Route[] = [
  ['GET', '/b', listBuckets],
  ['POST', '/b', createBucket],
  ['GET', '/b/:bucket', getBucket],
  ['PATCH', '/b/:bucket', patchBucket],
  ['DELETE', '/b/:bucket', deleteBucket],
  ['POST', '/b/:bucket/lockRetentionPolicy', lockRetentionPolicy],
  ['GET', '/b/:bucket/storageLayout', getStorageLayout],
  ['GET', '/b/:bucket/managedFolders', listManagedFolders],
  ['GET', '/b/:bucket/o', listObjects],
  ['GET', '/b/:bucket/o/:object', getObject],
  ['PATCH', '/b/:bucket/o/:object', patchObject],
  ['DELETE', '/b/:bucket/o/:object', deleteObject],
  ['POST', `/b/:bucket/o/:object/rewriteTo/${copy}`, rewriteObject],
  ['POST', `/b/:bucket/o/:object/copyTo/${copy}`, copyObject],
  ['POST', '/b/:bucket/o/:object/compose', composeObject],
  ['POST', '/b/:bucket/o/:object/moveTo/o/:targetObject', moveObject],
  ['POST', upload, startUpload],
  ['PUT', upload, continueUpload],
  ['DELETE', upload, cancelUpload],
];

/**
 * What an address may begin with. The official Node.js client leaves it out when STORAGE_EMULATOR_HOST is set, and
 * writes it when it gets the same address as its apiEndpoint.
 */
const optionalPrefix = /^(?:\/download|\/resumable(?=\/upload\/))?(?:\/storage\/v1(?=\/))?/;
/** How the XML API names an object. No bucket has a name as short as the JSON API's "b". */
const xmlObject = /^\/([^/]{3,})\/(.+)$/;
const jsonFolders = new Set(['upload', 'download', 'resumable', 'storage', 'batch']);

export interface Match {
  readonly handler: Handler;
  readonly params: ReadonlyMap<string, string>;
}

export function findRoute(method: string, path: string): Match {
  const segments = path.replace(optionalPrefix, '').split('/');
  for (const [routeMethod, routePath, handler] of routes) {
    const params = routeMethod === method ? matchPath(routePath.split('/'), segments) : undefined;
    if (params) return { handler, params };
  }
  const [, bucket = '', object = ''] = xmlObject.exec(path) ?? [];
  if ((method === 'GET' || method === 'HEAD') && object !== '' && !jsonFolders.has(bucket)) {
    const params = new Map([
      ['bucket', decoded(bucket)],
      ['object', decoded(object)],
    ]);
    return { handler: getContent, params };
  }
  throw notImplemented(
    `The local object store has no ${method} ${path}. It has buckets, objects, uploads and copies.`,
  );
}

function matchPath(pattern: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (part.startsWith(':')) params.set(part.slice(1), decoded(segment));
    else if (part !== segment) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw invalid(`"${segment}" in the address is malformed. Encode it as encodeURIComponent does.`);
  }
}
