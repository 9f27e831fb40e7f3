import { invalid, StorageError } from './storage-error.ts';

/** What a resumable upload's request carries. */
export interface UploadRange {
  /** Where its bytes begin; undefined when it has none and only asks how far the upload is. */
  readonly first: number | undefined;
  /** False while more requests follow for sure. */
  readonly mayBeLast: boolean;
  readonly total: number | undefined;
}

const contentRange = /^bytes (?:(?<first>\d+)-(?<last>\d+|\*)|\*)\/(?<total>\d+|\*)$/;

export function parseContentRange(header: string | undefined): UploadRange {
  if (header === undefined) return { first: 0, mayBeLast: true, total: undefined };
  const { first, last, total } = contentRange.exec(header)?.groups ?? {};
  if (total === undefined)
    throw invalid(`Content-Range "${header}" is malformed. Write bytes FIRST-LAST/TOTAL.`);
  const knownTotal = total === '*' ? undefined : Number(total);
  return {
    first: first === undefined ? undefined : Number(first),
    mayBeLast: knownTotal !== undefined || last === '*',
    total: knownTotal,
  };
}

/** Positions of the first and the last byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const rangeHeader = /^bytes=(?<start>\d*)-(?<end>\d*)$/;

/** The part of an object that a download asks for; undefined for all of it. */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const { start = '', end = '' } = rangeHeader.exec(header ?? '')?.groups ?? {};
  if (start === '' && end === '') return undefined;
  const range =
    start === ''
      ? { start: Math.max(0, size - Number(end)), end: size - 1 }
      : { start: Number(start), end: Math.min(end === '' ? size - 1 : Number(end), size - 1) };
  if (range.start <= range.end) return range;
  throw new StorageError(
    416,
    'requestedRangeNotSatisfiable',
    `The object has only ${size} bytes, so no "${header}".`,
  );
}
