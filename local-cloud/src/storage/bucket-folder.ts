import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readRecord, writeRecord } from './disk.ts';
import { type BucketRecord, bucketSchema, type ObjectRecord, objectSchema } from './records.ts';
import type { StagedContent } from './staging.ts';

const bucketFile = 'bucket.json';

/**
 * One bucket on disk. An object is a record and a file of content that carries its generation; the record's rename
 * is the moment at which the object changes, so that a crash before or after it leaves a whole object. Where versions
 * are kept, each former one has a record of its own.
 */
export class BucketFolder {
  readonly #folder: string;
  readonly #objects = new Map<string, ObjectRecord>();
  /** By name, oldest first. */
  readonly #former = new Map<string, readonly ObjectRecord[]>();
  #record: BucketRecord;

  private constructor(folder: string, record: BucketRecord) {
    this.#folder = folder;
    this.#record = record;
  }

  get record(): BucketRecord {
    return this.#record;
  }

  set record(record: BucketRecord) {
    writeRecord(path.join(this.#folder, bucketFile), record);
    this.#record = record;
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
    return this.#objects.size === 0 && this.#former.size === 0;
  }

  object(name: string): ObjectRecord | undefined {
    return this.#objects.get(name);
  }

  version(name: string, generation: number): ObjectRecord | undefined {
    return this.#versionsOf(name).find(version => version.generation === generation);
  }

  objects(): ObjectRecord[] {
    return [...this.#objects.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Former ones, too; each name's oldest first. */
  versions(): ObjectRecord[] {
    const names = new Set([...this.#former.keys(), ...this.#objects.keys()]);
    return [...names].sort().flatMap(name => this.#versionsOf(name));
  }

  put(record: ObjectRecord, content: StagedContent): void {
    const before = this.#objects.get(record.name);
    if (before && this.#keepsVersions) this.#keepFormer(before);
    renameSync(content.file, this.contentFile(record));
    this.update(record);
    if (before && !this.#keepsVersions) rmSync(this.contentFile(before));
  }

  /** Changes what is said about an object, and not its content. */
  update(record: ObjectRecord): void {
    if (record.timeDeleted !== undefined) {
      writeRecord(this.#formerFile(record), record);
      this.#former.set(
        record.name,
        this.#formerOf(record.name).map(other => (other.generation === record.generation ? record : other)),
      );
      return;
    }
    writeRecord(this.#recordFile(record), record);
    this.#objects.set(record.name, record);
  }

  /** Takes the object away; where versions are kept, it becomes a former one. */
  delete(record: ObjectRecord): void {
    if (this.#keepsVersions) this.#keepFormer(record);
    rmSync(this.#recordFile(record));
    if (!this.#keepsVersions) rmSync(this.contentFile(record));
    this.#objects.delete(record.name);
  }

  /** Takes one version away for good. */
  deleteVersion(record: ObjectRecord): void {
    const { name, generation } = record;
    if (record.timeDeleted === undefined) {
      rmSync(this.#recordFile(record));
      this.#objects.delete(name);
    } else {
      rmSync(this.#formerFile(record));
      const others = this.#formerOf(name).filter(other => other.generation !== generation);
      if (others.length === 0) this.#former.delete(name);
      else this.#former.set(name, others);
    }
    rmSync(this.contentFile(record));
  }

  contentFile(record: ObjectRecord): string {
    return path.join(this.#folder, `${fileName(record)}.${record.generation}`);
  }

  destroy(): void {
    rmSync(this.#folder, { recursive: true });
  }

  get #keepsVersions(): boolean {
    return this.#record.versioning?.enabled === true;
  }

  #versionsOf(name: string): ObjectRecord[] {
    const live = this.#objects.get(name);
    return live === undefined ? [...this.#formerOf(name)] : [...this.#formerOf(name), live];
  }

  #formerOf(name: string): readonly ObjectRecord[] {
    return this.#former.get(name) ?? [];
  }

  #keepFormer(record: ObjectRecord): void {
    const former = { ...record, timeDeleted: new Date().toISOString() };
    writeRecord(this.#formerFile(former), former);
    this.#former.set(record.name, [...this.#formerOf(record.name), former]);
  }

  #recordFile(record: ObjectRecord): string {
    return path.join(this.#folder, `${fileName(record)}.json`);
  }

  #formerFile(record: ObjectRecord): string {
    return path.join(this.#folder, `${fileName(record)}.${record.generation}.json`);
  }

  #load(): void {
    const files = readdirSync(this.#folder);
    const known = new Set([path.join(this.#folder, bucketFile)]);
    const records = files
      .filter(name => name.endsWith('.json') && name !== bucketFile)
      .map(name => readRecord(path.join(this.#folder, name), objectSchema));
    for (const record of records.filter(({ timeDeleted }) => timeDeleted === undefined)) {
      this.#objects.set(record.name, record);
      known.add(this.#recordFile(record)).add(this.contentFile(record));
    }
    const former = records.filter(({ timeDeleted }) => timeDeleted !== undefined);
    for (const record of former.sort((a, b) => a.generation - b.generation)) {
      // A crash came before another version took its place: it still is the object.
      if (this.#objects.get(record.name)?.generation === record.generation) continue;
      this.#former.set(record.name, [...this.#formerOf(record.name), record]);
      known.add(this.#formerFile(record)).add(this.contentFile(record));
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
