import type { IncomingHttpHeaders } from 'node:http';
import { notImplemented } from './storage-error.ts';

// Fields of a resource that a client sends back as it got them; the service alone sets them.
const setByService = new Set(
  [
    [
      'kind',
      'id',
      'selfLink',
      'mediaLink',
      'etag',
      'bucket',
      'name',
      'owner',
      'projectNumber',
      'locationType',
    ],
    [
      'generation',
      'metageneration',
      'size',
      'crc32c',
      'md5Hash',
      'componentCount',
      'storageClass',
      'location',
    ],
    ['timeCreated', 'updated', 'timeFinalized', 'timeStorageClassUpdated', 'timeDeleted'],
    ['retentionExpirationTime', 'hardDeleteTime', 'softDeleteTime'],
  ].flat(),
);

// What changes nothing of what is done: who pays and asks, and how the answer is written.
const harmless = new Set(
  [
    ['alt', 'key', 'prettyPrint', 'quotaUser', 'userIp', 'userProject', 'project', 'projection'],
    ['uploadType', 'upload_id', 'name', 'provisionalUserProject', 'access_token'],
    ['maxBytesRewrittenPerCall', 'rewriteToken', 'bucket'],
  ].flat(),
);
const honoured = new Set(
  [
    ['ifGenerationMatch', 'ifGenerationNotMatch', 'ifMetagenerationMatch', 'ifMetagenerationNotMatch'],
    ['ifSourceGenerationMatch', 'ifSourceGenerationNotMatch', 'ifSourceMetagenerationMatch'],
    ['ifSourceMetagenerationNotMatch', 'generation', 'sourceGeneration'],
    [
      'prefix',
      'delimiter',
      'startOffset',
      'endOffset',
      'pageToken',
      'pageSize',
      'maxResults',
      'matchGlob',
      'versions',
    ],
    ['includeTrailingDelimiter', 'includeFoldersAsPrefixes', 'fields'],
  ].flat(),
);

/** Refuses what a body asks for and would not get, instead of leaving it out in silence. */
export function refuseFields(body: unknown, known: readonly string[]): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    if (known.includes(name) || setByService.has(name) || asksNothing(value)) continue;
    throw refused(`the field "${name}"`);
  }
}

/** The same for parameters of the address and for headers. */
export function refuseParameters(query: URLSearchParams, headers: IncomingHttpHeaders): void {
  for (const [name, value] of query) {
    const isKnown =
      harmless.has(name) || honoured.has(name) || name.startsWith('$') || name.startsWith('X-Goog-');
    if (!isKnown && !['', 'false'].includes(value.toLowerCase())) throw refused(`the parameter "${name}"`);
  }
  const encryption = Object.keys(headers).find(name => /^x-goog-(copy-source-)?encryption-/.test(name));
  if (encryption !== undefined) throw refused(`encryption by keys of the customer (${encryption})`);
}

function refused(what: string): Error {
  return notImplemented(
    `The local object store does not offer ${what}. Leave it out, or run against Google's Cloud Storage.`,
  );
}

/** Nothing, no, zero and empty lists are what there is without asking. */
function asksNothing(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).every(asksNothing);
  return value === null || value === false || value === '' || value === 0 || value === '0';
}
