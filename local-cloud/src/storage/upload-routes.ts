import { buffer } from 'node:stream/consumers';
import type { z } from 'zod';
import { parseHashHeader, verifyChecksums } from './checksums.ts';
import { type Exchange, parseJson, readJson, sendJson, sendNothing } from './exchange.ts';
import { parseMultipart } from './multipart.ts';
import { resourceOf } from './object-routes.ts';
import { parsePreconditions } from './preconditions.ts';
import { parseContentRange } from './ranges.ts';
import { attributesSchema, uploadBodySchema } from './records.ts';
import type { UploadProgress, UploadSession } from './resumable-uploads.ts';
import { invalid } from './storage-error.ts';

const resumeIncomplete = 308;
const clientClosedRequest = 499;

export async function startUpload(exchange: Exchange): Promise<void> {
  // Go's client continues by POST what others continue by PUT.
  if (exchange.query.has('upload_id')) return continueUpload(exchange);
  const type = exchange.query.get('uploadType');
  if (type === 'media') return uploadMedia(exchange);
  if (type === 'multipart') return uploadMultipart(exchange);
  if (type === 'resumable') return beginResumable(exchange);
  throw invalid(`The uploadType "${type}" is unknown. Use media, multipart or resumable.`);
}

async function uploadMedia(exchange: Exchange): Promise<void> {
  const description = describe(exchange, {}, exchange.request.headers['content-type']);
  await store(exchange, description, exchange.request);
}

async function uploadMultipart(exchange: Exchange): Promise<void> {
  const { request } = exchange;
  const parts = parseMultipart(request.headers['content-type'], await buffer(request));
  const description = describe(exchange, parseJson(parts.attributes, uploadBodySchema), parts.contentType);
  await store(exchange, description, [parts.content]);
}

async function store(
  exchange: Exchange,
  upload: UploadSession,
  body: AsyncIterable<Buffer> | Buffer[],
): Promise<void> {
  const { store, staging } = exchange;
  store.checkWritable(upload.target, upload.conditions);
  const content = await staging.receive(body);
  try {
    verifyChecksums(upload.expected, content);
    const record = store.put(upload.target, content, upload.attributes, upload.conditions);
    sendJson(exchange, resourceOf(exchange, record));
  } finally {
    staging.discard(content);
  }
}

async function beginResumable(exchange: Exchange): Promise<void> {
  const { request, response, origin, uploads } = exchange;
  const contentType = [request.headers['x-upload-content-type']].flat()[0];
  const upload = describe(exchange, await readJson(request, uploadBodySchema), contentType);
  const id = uploads.begin(upload);
  const { bucket } = upload.target;
  const location = `${origin}/upload/storage/v1/b/${bucket}/o?uploadType=resumable&upload_id=${id}`;
  sendNothing(response, 200, { location, 'x-guploader-uploadid': id });
}

function describe(
  { request, query, param }: Exchange,
  body: z.infer<typeof uploadBodySchema>,
  contentType: string | undefined,
): UploadSession {
  const { name = query.get('name') ?? '', crc32c, md5Hash, ...attributes } = body;
  return {
    target: { bucket: param('bucket'), name },
    attributes: attributesSchema.parse({ contentType, ...attributes }),
    conditions: parsePreconditions(query),
    expected: {
      ...parseHashHeader(request.headers['x-goog-hash']),
      ...(crc32c !== undefined && { crc32c }),
      ...(md5Hash !== undefined && { md5Hash }),
    },
  };
}

export async function continueUpload(exchange: Exchange): Promise<void> {
  const { request, response, query, uploads } = exchange;
  const progress = await uploads.receive(query.get('upload_id') ?? '', {
    range: parseContentRange(request.headers['content-range']),
    body: request,
    expected: parseHashHeader(request.headers['x-goog-hash']),
  });
  if ('object' in progress) sendJson(exchange, resourceOf(exchange, progress.object));
  // To clients in whose language 308 is a redirection, it is told in a header.
  else if (request.headers['x-guploader-no-308'] === 'yes') {
    sendNothing(response, 200, { ...rangeSoFar(progress), 'x-http-status-code-override': '308' });
  } else sendNothing(response, resumeIncomplete, rangeSoFar(progress));
}

function rangeSoFar({ persisted }: Extract<UploadProgress, { persisted: number }>): Record<string, string> {
  return persisted === 0 ? {} : { range: `bytes=0-${persisted - 1}` };
}

export function cancelUpload({ response, query, uploads }: Exchange): void {
  uploads.cancel(query.get('upload_id') ?? '');
  sendNothing(response, clientClosedRequest);
}
