import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

/** The file of a table cannot be used, for a reason that its owner can do something about. */
export class TableError extends Error {
  override readonly name = 'TableError';
}

export interface ReadingOptions {
  readonly warn?: (message: string) => void;
  /** Told after each piece; `total` is the size of the file. */
  readonly progress?: (read: number, total: number) => void;
}

const pieceSize = 1 << 18;

/**
 * The text of a file, piece by piece: UTF-8, UTF-16 by its byte order mark, either of them packed by gzip, and, with a
 * warning, what Windows used to write.
 */
export async function* textOf(path: string, { warn, progress }: ReadingOptions = {}): AsyncGenerator<string> {
  const total = await sizeOf(path);
  let read = 0;
  let decode: ((bytes: Buffer, isLast: boolean) => string) | undefined;
  for await (const bytes of bytesOf(path, count => {
    read += count;
  })) {
    decode ??= decoderFor(bytes, path, warn);
    yield decode(bytes, false);
    progress?.(read, total);
  }
  if (decode) yield decode(Buffer.alloc(0), true);
}

/** Whether there is a file to read, and not a folder. */
export async function requireFile(path: string): Promise<void> {
  await sizeOf(path);
}

async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new TableError(`${path} is a folder: name the CSV file in it.`);
    return found.size;
  } catch (error) {
    throw isNoEntry(error) ? new TableError(`There is no file ${path}.`) : error;
  }
}

function isNoEntry(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code');
  return code === 'ENOENT' || code === 'ENOTDIR';
}

async function* bytesOf(path: string, count: (bytes: number) => void): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: pieceSize });
  file.on('data', bytes => count(bytes.length));
  const unpacked = path.endsWith('.gz') ? file.pipe(createGunzip({ chunkSize: pieceSize })) : file;
  // Without this a file that cannot be read would leave the unpacking waiting for ever.
  if (unpacked !== file) file.on('error', error => unpacked.destroy(error));
  try {
    for await (const bytes of unpacked) yield Buffer.from(bytes);
  } catch (error) {
    throw isOfZlib(error)
      ? new TableError(`${path} cannot be unpacked: it was cut off, or is not packed by gzip.`)
      : error;
  }
}

function isOfZlib(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code');
  return typeof code === 'string' && code.startsWith('Z_');
}

const otherKinds: readonly (readonly [string, string])[] = [
  ['PK\u0003\u0004', 'a spreadsheet or another archive: save it as CSV'],
  ['\u00d0\u00cf\u0011\u00e0', 'an old spreadsheet: save it as CSV'],
  ['\u001f\u008b', 'packed by gzip: unpack it, or let its name end in .gz'],
  ['PAR1', 'a Parquet file: export it as CSV'],
  ['%PDF', 'a PDF: export its table as CSV'],
  ['\u00ff\u00fe\u0000\u0000', 'in UTF-32: save it as CSV in UTF-8'],
  ['\u0000\u0000\u00fe\u00ff', 'in UTF-32: save it as CSV in UTF-8'],
];
const otherTexts: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype|html|\?xml|table)\b/i, 'a page or XML: export its table as CSV'],
  [/^\s*[[{]\s*[[{"]/, 'JSON: export it as CSV, with a line for each row'],
];

function decoderFor(first: Buffer, path: string, warn?: (message: string) => void) {
  const beginning = first.toString('latin1', 0, 4);
  const [, kind] = otherKinds.find(([signature]) => beginning.startsWith(signature)) ?? [];
  if (kind !== undefined) throw new TableError(`${path} is ${kind}.`);
  const text = first.toString('latin1', 0, 100).replace(/^\u00ef\u00bb\u00bf/, '');
  const [, format] = otherTexts.find(([looks]) => looks.test(text)) ?? [];
  if (format !== undefined) throw new TableError(`${path} is ${format}.`);
  if (first[0] === 0xff && first[1] === 0xfe) return unicodeDecoder('utf-16le');
  if (first[0] === 0xfe && first[1] === 0xff) return unicodeDecoder('utf-16be');
  if (first.includes(0)) throw new TableError(`${path} is no text: save the table as CSV in UTF-8.`);
  return utf8Decoder(path, warn);
}

function unicodeDecoder(encoding: string) {
  const decoder = new TextDecoder(encoding);
  return (bytes: Buffer, isLast: boolean) => decoder.decode(bytes, { stream: !isLast });
}

/** UTF-8 as long as it is; from the first piece on that is not, the encoding that Windows used to write. */
function utf8Decoder(path: string, warn?: (message: string) => void) {
  const fallback = new TextDecoder('windows-1252');
  let rest: Buffer = Buffer.alloc(0);
  let line = 1;
  let isUnicode = true;
  return (bytes: Buffer, isLast: boolean): string => {
    const all = Buffer.concat([rest, bytes]);
    const whole = isLast ? all.length : endOfCharacters(all);
    const piece = all.subarray(0, whole);
    rest = Buffer.from(all.subarray(whole));
    if (isUnicode && !isUtf8(piece)) {
      isUnicode = false;
      warn?.(`${path} is not in UTF-8 from line ${line + badLine(piece)} on: it is read as Windows-1252.`);
    }
    line += breaksIn(piece);
    return isUnicode ? piece.toString('utf8') : fallback.decode(piece);
  };
}

/** Where the last character that is complete ends. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function badLine(bytes: Buffer): number {
  const lines = bytes.toString('latin1').split('\n');
  const bad = lines.findIndex(text => !isUtf8(Buffer.from(text, 'latin1')));
  return Math.max(0, bad);
}

function breaksIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}
