import { createHash } from 'node:crypto';
import { Crc32c } from '../crc32c.ts';
import { invalid } from './storage-error.ts';

/** Both in base64, as the API writes them. */
export interface Checksums {
  readonly crc32c: string;
  readonly md5Hash: string;
}

/** Takes up an object's bytes, piece by piece. */
export class ChecksumBuilder {
  readonly #crc32c = new Crc32c();
  readonly #md5 = createHash('md5');
  #size = 0;

  update(piece: Buffer): void {
    this.#crc32c.update(piece);
    this.#md5.update(piece);
    this.#size += piece.length;
  }

  finish(): Checksums & { readonly size: number } {
    return { crc32c: this.#crc32c.toBase64(), md5Hash: this.#md5.digest('base64'), size: this.#size };
  }
}

/** Reads `x-goog-hash: crc32c=…,md5=…`. */
export function parseHashHeader(header: string | string[] | undefined): Partial<Checksums> {
  const text = [header].flat().join(',');
  const crc32c = /(?:^|,)\s*crc32c=([^,\s]+)/.exec(text)?.[1];
  const md5Hash = /(?:^|,)\s*md5=([^,\s]+)/.exec(text)?.[1];
  return { ...(crc32c !== undefined && { crc32c }), ...(md5Hash !== undefined && { md5Hash }) };
}

export function formatHashHeader({ crc32c, md5Hash }: Checksums): string {
  return `crc32c=${crc32c},md5=${md5Hash}`;
}

/** Refuses bytes that are not those the sender computed its checksums from. */
export function verifyChecksums(expected: Partial<Checksums>, actual: Checksums): void {
  for (const [kind, name] of [
    ['crc32c', 'CRC32C'],
    ['md5Hash', 'MD5 hash'],
  ] as const) {
    const wanted = expected[kind];
    if (wanted !== undefined && wanted !== actual[kind]) {
      throw invalid(
        `Provided ${name} "${wanted}" doesn't match calculated ${name} "${actual[kind]}". Send the data again.`,
      );
    }
  }
}
