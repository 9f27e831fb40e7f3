// Arrays in PostgreSQL's binary format, which the driver sends as they are. Of a list the driver makes text: then each
// number is printed here and parsed again there, which for a thousand rows takes as long as storing them.

/** How the values of one PostgreSQL type are written. */
interface ElementType<Value> {
  /** The type's number in PostgreSQL's catalogue. */
  readonly oid: number;
  sizeOf(value: Value): number;
  write(target: Buffer, value: Value, at: number): void;
}

/** PostgreSQL counts time from the year 2000 on, in microseconds. */
const epochMs = Date.UTC(2000, 0, 1);

export const uuids = encoder<string>({
  oid: 2950,
  sizeOf: () => 16,
  write: (target, value, at) => target.write(value.replaceAll('-', ''), at, 'hex'),
});

export const texts = encoder<string>({
  oid: 25,
  sizeOf: value => Buffer.byteLength(value),
  write: (target, value, at) => target.write(value, at),
});

export const integers = encoder<number>({
  oid: 23,
  sizeOf: () => 4,
  write: (target, value, at) => target.writeInt32BE(value, at),
});

export const doubles = encoder<number>({
  oid: 701,
  sizeOf: () => 8,
  write: (target, value, at) => target.writeDoubleBE(value, at),
});

export const booleans = encoder<boolean>({
  oid: 16,
  sizeOf: () => 1,
  write: (target, value, at) => target.writeUInt8(Number(value), at),
});

export const times = encoder<Date>({
  oid: 1184,
  sizeOf: () => 8,
  write: (target, value, at) => target.writeBigInt64BE(BigInt(value.getTime() - epochMs) * 1_000n, at),
});

const headerBytes = 20;
const lengthBytes = 4;
const lengthOfNull = -1;

function encoder<Value>({ oid, sizeOf, write }: ElementType<Value>) {
  return (values: readonly (Value | null)[]): Buffer => {
    const sizes = values.map(value => (value === null ? 0 : sizeOf(value)));
    const bytes = Buffer.alloc(sizes.reduce((sum, size) => sum + lengthBytes + size, headerBytes));
    writeHeader(bytes, oid, values.length, values.includes(null));
    let at = headerBytes;
    for (const [i, value] of values.entries()) {
      const size = sizes[i] ?? 0;
      bytes.writeInt32BE(value === null ? lengthOfNull : size, at);
      at += lengthBytes;
      if (value !== null) write(bytes, value, at);
      at += size;
    }
    return bytes;
  };
}

function writeHeader(target: Buffer, oid: number, length: number, hasNulls: boolean): void {
  const dimensions = 1;
  const firstIndex = 1;
  for (const [i, number] of [dimensions, Number(hasNulls), oid, length, firstIndex].entries()) {
    target.writeInt32BE(number, i * 4);
  }
}
