import { invalid } from './storage-error.ts';

export interface MultipartUpload {
  readonly attributes: string;
  readonly contentType: string | undefined;
  readonly content: Buffer;
}

/** Splits the body of a multipart upload into its two parts: JSON about the object, and the object. */
export function parseMultipart(contentType: string | undefined, body: Buffer): MultipartUpload {
  // gcloud puts the boundary in single quotation marks.
  const { quoted, single, plain } =
    /boundary=(?:"(?<quoted>[^"]+)"|'(?<single>[^']+)'|(?<plain>[^;\s]+))/.exec(contentType ?? '')?.groups ??
    {};
  const boundary = quoted ?? single ?? plain;
  if (boundary === undefined) throw invalid('The multipart upload has no boundary. Name it in Content-Type.');

  const opening = `--${boundary}`;
  const first = body.indexOf(opening) + opening.length;
  // Some clients end lines by a line feed alone; then a carriage return belongs to the content.
  const lineEnd = body[first] === 13 ? '\r\n' : '\n';
  const delimiter = `${lineEnd}--${boundary}`;
  const second = body.indexOf(delimiter, first);
  const closing = body.lastIndexOf(`${delimiter}--`);
  if (second === -1 || closing <= second)
    throw invalid('The multipart upload is cut short. Send both parts.');

  const [, attributes] = splitPart(body.subarray(first, second), lineEnd);
  const [headers, content] = splitPart(body.subarray(second + delimiter.length, closing), lineEnd);
  const type = /^content-type:\s*(?<type>.+?)\s*$/im.exec(headers)?.groups?.type;
  return { attributes: attributes.toString(), contentType: type, content };
}

function splitPart(part: Buffer, lineEnd: string): [headers: string, content: Buffer] {
  const endOfHeaders = lineEnd + lineEnd;
  const end = part.indexOf(endOfHeaders);
  if (end === -1)
    throw invalid('A part of the multipart upload has no headers. Separate them by an empty line.');
  return [part.subarray(0, end).toString(), part.subarray(end + endOfHeaders.length)];
}
