import { createReadStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { formatHashHeader } from './checksums.ts';
import type { Exchange } from './exchange.ts';
import { type ByteRange, parseRange } from './ranges.ts';
import type { ObjectRecord } from './records.ts';
import { entityTag } from './resources.ts';

/** Sends an object's bytes as they are stored, with the checksums of the whole. */
export async function download({ request, response, store }: Exchange, record: ObjectRecord): Promise<void> {
  const unzips = isUnzipped(record, request.headers['accept-encoding']);
  const range = unzips ? undefined : parseRange(request.headers.range, record.size);
  // Opened in the same turn in which the record was looked up: a replacement cannot take the file away in between.
  const fd = openSync(store.contentFile(record), 'r');
  const content = createReadStream('', { fd, ...range });
  if (unzips) {
    response.writeHead(200, { ...withoutEncoding(headersOf(record)), 'transfer-encoding': 'chunked' });
    if (request.method === 'HEAD') response.end();
    else await pipeline(content, createGunzip(), response);
    return;
  }
  response.writeHead(range ? 206 : 200, { ...headersOf(record), ...lengthOf(record, range) });
  await pipeline(content, response);
}

/** What is stored compressed is unpacked for those who do not say that they can do it themselves. */
function isUnzipped(
  { contentEncoding, cacheControl }: ObjectRecord,
  accepted: string | string[] = '',
): boolean {
  const staysPacked = /\bno-transform\b/.test(cacheControl ?? '') || /\bgzip\b/.test(String(accepted));
  return contentEncoding === 'gzip' && !staysPacked;
}

function withoutEncoding({
  'content-encoding': _,
  ...headers
}: Record<string, string>): Record<string, string> {
  return {
    ...headers,
    'x-guploader-response-body-transformations': 'gunzipped',
    warning: '214 UploadServer gunzipped',
  };
}

function headersOf(record: ObjectRecord): Record<string, string> {
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl } = record;
  return {
    'content-type': contentType ?? 'application/octet-stream',
    ...(contentEncoding && { 'content-encoding': contentEncoding }),
    ...(contentDisposition && { 'content-disposition': contentDisposition }),
    ...(contentLanguage && { 'content-language': contentLanguage }),
    ...(cacheControl && { 'cache-control': cacheControl }),
    etag: entityTag(record),
    'last-modified': new Date(record.updated).toUTCString(),
    'x-goog-generation': String(record.generation),
    'x-goog-metageneration': String(record.metageneration),
    'x-goog-hash': formatHashHeader(record),
    'x-goog-storage-class': record.storageClass ?? 'STANDARD',
    // Clients verify checksums only when they know that the bytes come as they are stored.
    'x-goog-stored-content-encoding': contentEncoding ?? 'identity',
    'x-goog-stored-content-length': String(record.size),
  };
}

function lengthOf({ size }: ObjectRecord, range: ByteRange | undefined): Record<string, string> {
  if (!range) return { 'content-length': String(size) };
  const { start, end } = range;
  return { 'content-length': String(end - start + 1), 'content-range': `bytes ${start}-${end}/${size}` };
}
