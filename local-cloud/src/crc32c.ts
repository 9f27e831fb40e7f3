// Castagnoli's polynomial, with its bits in reverse.
const polynomial = 0x82f63b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? polynomial : 0);
  return remainder;
});

/** The checksum that Google's APIs put beside data. */
export class Crc32c {
  #state = 0xffffffff;

  update(data: Uint8Array): void {
    let state = this.#state;
    for (const byte of data) state = (state >>> 8) ^ (table[(state ^ byte) & 0xff] ?? 0);
    this.#state = state;
  }

  get value(): number {
    return ~this.#state >>> 0;
  }

  /** As the storage API writes it. */
  toBase64(): string {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.value);
    return bytes.toString('base64');
  }
}

export function crc32c(data: Uint8Array): number {
  const checksum = new Crc32c();
  checksum.update(data);
  return checksum.value;
}
