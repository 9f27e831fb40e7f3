import type { BucketRecord, ObjectRecord } from './records.ts';

/** An object as the JSON API shows it, where 64-bit numbers are strings. */
export function objectResource(
  origin: string,
  record: ObjectRecord,
  retentionExpirationTime?: string,
): object {
  const { releasedAt: _, ...shown } = record;
  const { bucket, name, generation, metageneration, size, updated, timeCreated } = record;
  const path = `b/${bucket}/o/${encodeURIComponent(name)}`;
  return {
    kind: 'storage#object',
    id: `${bucket}/${name}/${generation}`,
    selfLink: `${origin}/storage/v1/${path}`,
    mediaLink: `${origin}/download/storage/v1/${path}?generation=${generation}&alt=media`,
    storageClass: 'STANDARD',
    timeStorageClassUpdated: timeCreated,
    timeFinalized: timeCreated,
    ...shown,
    updated,
    generation: String(generation),
    metageneration: String(metageneration),
    size: String(size),
    etag: entityTag(record),
    ...(retentionExpirationTime !== undefined && { retentionExpirationTime }),
  };
}

export function bucketResource(origin: string, record: BucketRecord): object {
  const { retentionPolicy } = record;
  return {
    kind: 'storage#bucket',
    id: record.name,
    selfLink: `${origin}/storage/v1/b/${record.name}`,
    locationType: locationType(record),
    storageClass: 'STANDARD',
    ...record,
    ...(retentionPolicy && {
      retentionPolicy: { ...retentionPolicy, retentionPeriod: String(retentionPolicy.retentionPeriod) },
    }),
    // Programs read from it whether objects have lists of rights: they have none.
    iamConfiguration: {
      publicAccessPrevention: 'inherited',
      uniformBucketLevelAccess: { enabled: true },
      ...record.iamConfiguration,
    },
    metageneration: String(record.metageneration),
    etag: Buffer.from(String(record.metageneration)).toString('base64'),
  };
}

export function entityTag({ generation, metageneration }: ObjectRecord): string {
  return Buffer.from(`${generation}/${metageneration}`).toString('base64');
}

const continents = ['US', 'EU', 'ASIA'];
const pairs = ['ASIA1', 'EUR4', 'EUR5', 'EUR7', 'EUR8', 'NAM4'];

export function locationType({ location, customPlacementConfig }: BucketRecord): string {
  if (customPlacementConfig !== undefined || pairs.includes(location)) return 'dual-region';
  return continents.includes(location) ? 'multi-region' : 'region';
}
