import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BucketFolder } from './bucket-folder.ts';
import { checkForWrite, type Preconditions } from './preconditions.ts';
import {
  type Attributes,
  type AttributesPatch,
  type BucketRecord,
  type ObjectRecord,
  patched,
} from './records.ts';
import type { StagedContent } from './staging.ts';
import { conflict, invalid, notFound } from './storage-error.ts';

const bucketName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const longestObjectName = 1024;

export interface ObjectName {
  readonly bucket: string;
  readonly name: string;
}

/**
 * All buckets and objects. Every change is checked, written to disk and visible within one turn of the event loop,
 * which is what makes preconditions hold under concurrent requests.
 */
export class ObjectStore {
  readonly #folder: string;
  readonly #buckets = new Map<string, BucketFolder>();
  #lastGeneration = 0;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      // A crash can come between the making of the folder and of the record in it.
      if (!existsSync(path.join(folder, name, 'bucket.json'))) continue;
      const bucket = BucketFolder.open(path.join(folder, name));
      this.#buckets.set(name, bucket);
      for (const { generation } of bucket.objects())
        this.#lastGeneration = Math.max(this.#lastGeneration, generation);
    }
  }

  createBucket(name: string, labels: Record<string, string> = {}): BucketRecord {
    if (!bucketName.test(name)) {
      throw invalid(
        `Invalid bucket name: '${name}'. Use 3 to 222 lower-case letters, digits, dots, dashes, underscores.`,
      );
    }
    if (this.#buckets.has(name))
      throw conflict('Your previous request to create the named bucket succeeded and you already own it.');
    const now = new Date().toISOString();
    const record = { name, labels, location: 'LOCAL', metageneration: 1, timeCreated: now, updated: now };
    this.#buckets.set(name, BucketFolder.create(path.join(this.#folder, name), record));
    return record;
  }

  bucket(name: string): BucketRecord {
    return this.#bucketFolder(name).record;
  }

  buckets(): BucketRecord[] {
    return [...this.#buckets.values()].map(({ record }) => record).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  deleteBucket(name: string): void {
    const bucket = this.#bucketFolder(name);
    if (!bucket.isEmpty) throw conflict('The bucket you tried to delete is not empty.');
    bucket.destroy();
    this.#buckets.delete(name);
  }

  object({ bucket, name }: ObjectName): ObjectRecord {
    const record = this.#bucketFolder(bucket).object(name);
    if (!record) throw notFound(`No such object: ${bucket}/${name}`);
    return record;
  }

  objects(bucket: string): ObjectRecord[] {
    return this.#bucketFolder(bucket).objects();
  }

  contentFile(record: ObjectRecord): string {
    return this.#bucketFolder(record.bucket).contentFile(record);
  }

  /** Fails as a write under these conditions would, before the content of an upload is sent. */
  checkWritable({ bucket, name }: ObjectName, conditions: Preconditions): void {
    if (name === '' || Buffer.byteLength(name) > longestObjectName) {
      throw invalid(`"${name}" cannot be an object's name. Use 1 to ${longestObjectName} bytes.`);
    }
    checkForWrite(conditions, this.#bucketFolder(bucket).object(name));
  }

  put(
    target: ObjectName,
    content: StagedContent,
    attributes: Attributes,
    conditions: Preconditions,
  ): ObjectRecord {
    this.checkWritable(target, conditions);
    const { crc32c, md5Hash, size } = content;
    const now = new Date().toISOString();
    const versions = {
      generation: this.#nextGeneration(),
      metageneration: 1,
      timeCreated: now,
      updated: now,
    };
    const record = { ...attributes, ...target, ...versions, crc32c, md5Hash, size };
    this.#bucketFolder(target.bucket).put(record, content);
    return record;
  }

  update(target: ObjectName, patch: AttributesPatch, conditions: Preconditions): ObjectRecord {
    const before = this.object(target);
    checkForWrite(conditions, before);
    const updated = new Date().toISOString();
    const after = { ...patched(before, patch), metageneration: before.metageneration + 1, updated };
    this.#bucketFolder(target.bucket).update(after);
    return after;
  }

  delete(target: ObjectName, conditions: Preconditions): void {
    const record = this.object(target);
    checkForWrite(conditions, record);
    this.#bucketFolder(target.bucket).delete(record);
  }

  #bucketFolder(name: string): BucketFolder {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw notFound(`The specified bucket does not exist: ${name}`);
    return bucket;
  }

  /** Microseconds since 1970, like Google's, and never the same one twice. */
  #nextGeneration(): number {
    this.#lastGeneration = Math.max(this.#lastGeneration + 1, Date.now() * 1000);
    return this.#lastGeneration;
  }
}
