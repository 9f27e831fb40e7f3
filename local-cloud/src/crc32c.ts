import { CRC32C } from '@google-cloud/storage';

/** The checksum that Google's APIs put beside data, as an unsigned number. */
export function crc32c(data: Buffer): number {
  const checksum = new CRC32C();
  checksum.update(data);
  return checksum.valueOf() >>> 0;
}
