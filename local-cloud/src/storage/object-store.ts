import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { BucketFolder } from './bucket-folder.ts';
import { checkForWrite, type Preconditions } from './preconditions.ts';
import {
  type Attributes,
  type AttributesPatch,
  type BucketPatch,
  type BucketRecord,
  type NewBucket,
  type ObjectRecord,
  patched,
  patchedBucket,
} from './records.ts';
import { checkLock, checkMetadata, checkNotHeld, checkObjectName, effective } from './rules.ts';
import type { StagedContent } from './staging.ts';
import { conflict, invalid, notFound } from './storage-error.ts';

const bucketName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

export interface ObjectName {
  readonly bucket: string;
  readonly name: string;
  /** A version; the one that is live when it is left out. */
  readonly generation?: number | undefined;
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

  createBucket({ name, location = 'US', ...attributes }: NewBucket): BucketRecord {
    if (!bucketName.test(name)) {
      throw invalid(
        `Invalid bucket name: '${name}'. Use 3 to 222 lower-case letters, digits, dots, dashes, underscores.`,
      );
    }
    if (this.#buckets.has(name))
      throw conflict('Your previous request to create the named bucket succeeded and you already own it.');
    const now = new Date().toISOString();
    const times = { timeCreated: now, updated: now };
    const record = {
      ...effective(attributes, now),
      name,
      location: location.toUpperCase(),
      metageneration: 1,
      ...times,
    };
    this.#buckets.set(name, BucketFolder.create(path.join(this.#folder, name), record));
    return record;
  }

  updateBucket(name: string, patch: BucketPatch, conditions: Preconditions): BucketRecord {
    checkLock(this.bucket(name), patch);
    return this.#changeBucket(name, conditions, (record, now) =>
      patchedBucket(record, effective(patch, now)),
    );
  }

  /** For good. */
  lockRetention(name: string, conditions: Preconditions): BucketRecord {
    const { retentionPolicy } = this.bucket(name);
    if (retentionPolicy === undefined) throw invalid(`The bucket ${name} has no retention policy to lock.`);
    const locked = { ...retentionPolicy, isLocked: true };
    return this.#changeBucket(name, conditions, record => ({ ...record, retentionPolicy: locked }));
  }

  bucket(name: string): BucketRecord {
    return this.#bucketFolder(name).record;
  }

  buckets(): BucketRecord[] {
    return [...this.#buckets.values()].map(({ record }) => record).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  deleteBucket(name: string, conditions: Preconditions): void {
    const bucket = this.#bucketFolder(name);
    checkForWrite(conditions, { generation: 0, metageneration: bucket.record.metageneration });
    if (!bucket.isEmpty) throw conflict('The bucket you tried to delete is not empty.');
    bucket.destroy();
    this.#buckets.delete(name);
  }

  object({ bucket, name, generation }: ObjectName): ObjectRecord {
    const folder = this.#bucketFolder(bucket);
    const record = generation === undefined ? folder.object(name) : folder.version(name, generation);
    if (record) return record;
    throw notFound(`No such object: ${bucket}/${name}${generation === undefined ? '' : `#${generation}`}`);
  }

  objects(bucket: string): ObjectRecord[] {
    return this.#bucketFolder(bucket).objects();
  }

  versions(bucket: string): ObjectRecord[] {
    return this.#bucketFolder(bucket).versions();
  }

  contentFile(record: ObjectRecord): string {
    return this.#bucketFolder(record.bucket).contentFile(record);
  }

  /** Fails as a write under these conditions would, before the content of an upload is sent. */
  checkWritable({ bucket, name }: ObjectName, conditions: Preconditions): void {
    checkObjectName(name);
    const before = this.#bucketFolder(bucket).object(name);
    checkForWrite(conditions, before);
    if (before) checkNotHeld(before, this.bucket(bucket));
  }

  put(
    target: ObjectName,
    content: StagedContent,
    attributes: Attributes,
    conditions: Preconditions,
    componentCount?: number,
  ): ObjectRecord {
    this.checkWritable(target, conditions);
    checkMetadata(attributes);
    const { crc32c, md5Hash, size } = content;
    const { bucket, name } = target;
    const { defaultEventBasedHold, storageClass } = this.bucket(bucket);
    const now = new Date().toISOString();
    const versions = {
      generation: this.#nextGeneration(),
      metageneration: 1,
      timeCreated: now,
      updated: now,
    };
    const record = {
      ...(defaultEventBasedHold && { eventBasedHold: true }),
      ...(storageClass !== undefined && { storageClass }),
      ...(componentCount !== undefined && { componentCount }),
      ...attributes,
      ...versions,
      ...{ bucket, name, crc32c, md5Hash, size },
    };
    this.#bucketFolder(bucket).put(record, content);
    return record;
  }

  update(target: ObjectName, patch: AttributesPatch, conditions: Preconditions): ObjectRecord {
    const before = this.object(target);
    checkForWrite(conditions, before);
    const updated = new Date().toISOString();
    const isReleased = before.eventBasedHold === true && patch.eventBasedHold === false;
    const after = {
      ...patched(before, patch),
      ...(isReleased && { releasedAt: updated }),
      ...{ metageneration: before.metageneration + 1, updated },
    };
    checkMetadata(after);
    this.#bucketFolder(target.bucket).update(after);
    return after;
  }

  /** Without a generation it takes the object away; with one, that version for good. */
  delete(target: ObjectName, conditions: Preconditions): void {
    const record = this.object(target);
    checkForWrite(conditions, record);
    const bucket = this.#bucketFolder(target.bucket);
    checkNotHeld(record, bucket.record);
    if (target.generation === undefined) bucket.delete(record);
    else bucket.deleteVersion(record);
  }

  #changeBucket(
    name: string,
    conditions: Preconditions,
    change: (record: BucketRecord, now: string) => BucketRecord,
  ): BucketRecord {
    const bucket = this.#bucketFolder(name);
    const metageneration = bucket.record.metageneration + 1;
    checkForWrite(conditions, { generation: 0, metageneration: bucket.record.metageneration });
    const updated = new Date().toISOString();
    bucket.record = { ...change(bucket.record, updated), metageneration, updated };
    return bucket.record;
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
