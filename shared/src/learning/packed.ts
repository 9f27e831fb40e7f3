import { Buffer } from 'node:buffer';
import { z } from 'zod';

// Numbers of a model in base64: exact, and half the size of text. They lie as in memory, little-endian, as on every
// machine that this runs on.

export function pack(numbers: ArrayBufferView): string {
  return Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64');
}

export const packedBytes = (most: number) => packed(1, most, bytes => new Uint8Array(bytes));
export const packedShorts = (most: number) => packed(2, most, bytes => new Uint16Array(bytes));
export const packedIntegers = (most: number) => packed(4, most, bytes => new Int32Array(bytes));
export const packedFloats = (most: number) => packed(4, most, bytes => new Float32Array(bytes));
export const packedDoubles = (most: number) => packed(8, most, bytes => new Float64Array(bytes));

function packed<Numbers>(bytesEach: number, most: number, read: (bytes: ArrayBuffer) => Numbers) {
  return z
    .base64()
    .max(Math.ceil((most * bytesEach) / 3) * 4)
    .transform((text, context) => {
      const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
      if (bytes.length % bytesEach === 0) return read(bytes.buffer);
      context.addIssue({
        code: 'custom',
        message: `These bytes do not make whole numbers of ${bytesEach} bytes`,
      });
      return z.NEVER;
    });
}
