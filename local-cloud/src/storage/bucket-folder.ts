import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readRecord, writeRecord } from './disk.ts';
import { type BucketRecord, bucketSchema, type ObjectRecord, objectSchema } from './records.ts';
import type { StagedContent } from './staging.ts';

const bucketFile = 'bucket.json';

/**
 * One bucket on disk. An object is a record and a file of content that carries its generation; the record's rename
 * is the moment at which the object changes, so that a crash before or after it leaves a whole object.
 */
export class BucketFolder {
  readonly record: BucketRecord;
  readonly #folder: string;
  readonly #objects = new Map<string, ObjectRecord>();

  private constructor(folder: string, record: BucketRecord) {
    this.#folder = folder;
    this.record = record;
  }

  static create(folder: string, record: BucketRecord): BucketFolder {
    mkdirSync(folder, { recursive: true });
    writeRecord(path.join(folder, bucketFile), record);
    return new BucketFolder(folder, record);
  }

  static open(folder: string): BucketFolder {
    const bucket = new BucketFolder(folder, readRecord(path.join(folder, bucketFile), bucketSchema));
    bucket.#load();
    return bucket;
  }

  get isEmpty(): boolean {
    return this.#objects.size === 0;
  }

  object(name: string): ObjectRecord | undefined {
    return this.#objects.get(name);
  }

  objects(): ObjectRecord[] {
    return [...this.#objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  put(record: ObjectRecord, content: StagedContent): void {
    const before = this.#objects.get(record.name);
    renameSync(content.file, this.contentFile(record));
    this.update(record);
    if (before) rmSync(this.contentFile(before));
  }

  /** Changes what is said about an object, and not its content. */
  update(record: ObjectRecord): void {
    writeRecord(this.#recordFile(record), record);
    this.#objects.set(record.name, record);
  }

  delete(record: ObjectRecord): void {
    rmSync(this.#recordFile(record));
    rmSync(this.contentFile(record));
    this.#objects.delete(record.name);
  }

  contentFile(record: ObjectRecord): string {
    return path.join(this.#folder, `${fileName(record)}.${record.generation}`);
  }

  destroy(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #recordFile(record: ObjectRecord): string {
    return path.join(this.#folder, `${fileName(record)}.json`);
  }

  #load(): void {
    const files = readdirSync(this.#folder);
    const known = new Set([path.join(this.#folder, bucketFile)]);
    for (const file of files.filter(name => name.endsWith('.json') && name !== bucketFile)) {
      const record = readRecord(path.join(this.#folder, file), objectSchema);
      this.#objects.set(record.name, record);
      known.add(this.#recordFile(record)).add(this.contentFile(record));
    }
    // Content whose record was never written, or was replaced just before a crash.
    const leftovers = files.map(name => path.join(this.#folder, name)).filter(file => !known.has(file));
    for (const file of leftovers) rmSync(file);
  }
}

/** Names of objects may be longer than those of files, and hold characters that those may not. */
function fileName({ name }: ObjectRecord): string {
  return createHash('sha256').update(name).digest('hex');
}
