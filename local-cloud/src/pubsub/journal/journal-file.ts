import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Journal, JournalRecord } from './record.ts';
import { formatRecord, parseRecord } from './record-line.ts';

const lineFeed = 10;
const chunkCharacters = 1 << 20;

/**
 * An append-only file of records. What one turn of the event loop appends is written at once at the turn's end,
 * so the cost of a write is shared by all messages that arrive together.
 */
export class JournalFile implements Journal {
  readonly #path: string;
  readonly #compactAboveBytes: number;
  #file: number | undefined;
  #bytes = 0;
  #compactAt = 0;
  #pending: JournalRecord[] = [];
  #turn: Promise<void> | undefined;
  #snapshot: () => Iterable<JournalRecord> = () => [];

  constructor(folder: string, compactAboveBytes = 64 << 20) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, 'journal.jsonl');
    this.#compactAboveBytes = compactAboveBytes;
  }

  /** The records of earlier runs. A last line that was cut off in the middle was never confirmed to anyone, and is left out. */
  *read(): Generator<JournalRecord> {
    if (!existsSync(this.#path)) return;
    const content = readFileSync(this.#path);
    let line = 1;
    for (let start = 0, end = content.indexOf(lineFeed); end >= 0; end = content.indexOf(lineFeed, start)) {
      yield this.#parse(content.toString('utf8', start, end), line);
      start = end + 1;
      line += 1;
    }
  }

  /** Starts the file anew from a snapshot, now and whenever it has outgrown what it describes. */
  compactFrom(snapshot: () => Iterable<JournalRecord>): void {
    this.#snapshot = snapshot;
    this.#compact();
  }

  append(record: JournalRecord): void {
    this.#pending.push(record);
    this.#turn ??= this.#writeAfterTurn();
    // Whoever needs to know that a write failed awaits written(); for the others it must not end the process.
    this.#turn.catch(() => {});
  }

  async written(): Promise<void> {
    await this.#turn;
  }

  /** Writes what is pending; nothing can be appended later. */
  close(): void {
    if (this.#file === undefined) return;
    this.#write();
    closeSync(this.#file);
    this.#file = undefined;
  }

  async #writeAfterTurn(): Promise<void> {
    await new Promise(resolve => setImmediate(resolve));
    this.#turn = undefined;
    this.#write();
    if (this.#bytes >= this.#compactAt) this.#compact();
  }

  #write(): void {
    if (this.#file === undefined) return;
    const records = this.#pending;
    this.#pending = [];
    try {
      this.#bytes += writeRecords(this.#file, records, this.#bytes);
    } catch (error) {
      // The file lacks these records now; the next write replaces it by a snapshot, which has them.
      this.#compactAt = 0;
      throw error;
    }
  }

  #compact(): void {
    const fresh = `${this.#path}.new`;
    // Messages may hold anything: they are for nobody else on this machine.
    const file = openSync(fresh, 'w', 0o600);
    try {
      this.#bytes = writeRecords(file, this.#snapshot(), 0);
      renameSync(fresh, this.#path);
    } catch (error) {
      closeSync(file);
      throw error;
    }
    // The snapshot holds what was pending, too.
    this.#pending = [];
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = file;
    this.#compactAt = Math.max(this.#compactAboveBytes, 2 * this.#bytes);
  }

  #parse(line: string, number: number): JournalRecord {
    try {
      return parseRecord(line);
    } catch (cause) {
      throw new Error(
        `Line ${number} of ${this.#path} is not a journal record. Repair the line, or delete the file to start with nothing.`,
        { cause },
      );
    }
  }
}

/** Writes at the position and answers the number of bytes; when the disk is full, nothing of it is left behind. */
function writeRecords(file: number, records: Iterable<JournalRecord>, position: number): number {
  let end = position;
  try {
    for (const chunk of inChunks(records)) end = writeAll(file, chunk, end);
  } catch (error) {
    ftruncateSync(file, position);
    throw error;
  }
  return end - position;
}

function* inChunks(records: Iterable<JournalRecord>): Generator<Buffer> {
  let text = '';
  for (const record of records) {
    text += formatRecord(record);
    if (text.length < chunkCharacters) continue;
    yield Buffer.from(text);
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

function writeAll(file: number, bytes: Buffer, position: number): number {
  let done = 0;
  while (done < bytes.length) done += writeSync(file, bytes, done, bytes.length - done, position + done);
  return position + bytes.length;
}
