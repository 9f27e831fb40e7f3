import { CRC32C } from '@google-cloud/storage';
import fc from 'fast-check';
import { Crc32c } from './crc32c.ts';

it('is the checksum that the official client computes, however the data is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), pieces => {
      const ours = new Crc32c();
      const theirs = new CRC32C();
      for (const piece of pieces) ours.update(piece);
      theirs.update(Buffer.concat(pieces));
      expect([ours.value, ours.toBase64()]).toEqual([theirs.valueOf() >>> 0, theirs.toString()]);
    }),
  );
});
