import { createReadStream, openSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { formatHashHeader } from './checksums.ts';
import type { Exchange } from './exchange.ts';
import { type ByteRange, parseRange } from './ranges.ts';
import type { ObjectRecord } from './records.ts';
import { entityTag } from './resources.ts';

/** Sends an object's bytes as they are stored, with the checksums of the whole. */
export async function download({ request, response, store }: Exchange, record: ObjectRecord): Promise<void> {
  const range = parseRange(request.headers.range, record.size);
  // Opened in the same turn in which the record was looked up: a replacement cannot take the file away in between.
  const fd = openSync(store.contentFile(record), 'r');
  response.writeHead(range ? 206 : 200, { ...headersOf(record), ...lengthOf(record, range) });
  await pipeline(createReadStream('', { fd, ...range }), response);
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
    'x-goog-storage-class': 'STANDARD',
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
