import { addVersion } from '../storage.ts';
import { bucket, type Deviation } from './deviation.ts';

// Of secrets, buckets, database and Redis.

const sql = 'sql instances';
const redis = 'redis instances';

export const stores: readonly Deviation[] = [
  [
    'a password is disabled',
    /password in the secret db-pass-training: state is DISABLED/,
    ({ set }) => set('secrets', 'db-pass-training', 'state', 'DISABLED'),
  ],
  [
    'a password is destroyed',
    /password in the secret db-pass-training: state is DESTROYED/,
    ({ set }) => set('secrets', 'db-pass-training', 'state', 'DESTROYED'),
  ],
  [
    'a password is put into its secret that the database does not know',
    /database user banknote_loop_training: custom_fields.password/,
    ({ cloud }) => addVersion(cloud, 'db-pass-training', 'another'),
  ],
  [
    'a secret is deleted',
    /secret db-pass: it is not there/,
    ({ cloud }) => cloud.remove('secrets', 'db-pass'),
  ],
  [
    'keys are disabled',
    /key in the secret model-keys: state is DISABLED/,
    ({ set }) => set('secrets', 'model-keys', 'state', 'DISABLED'),
  ],
  [
    'the password of Redis is destroyed',
    /secret redis-auth can be read: state is DESTROYED/,
    ({ set }) => set('secrets', 'redis-auth', 'state', 'DESTROYED'),
  ],
  [
    'somebody writes down another password of Redis',
    /password of Redis in the secret redis-auth: labels.version/,
    ({ cloud }) => addVersion(cloud, 'redis-auth', 'wrong'),
  ],
  [
    'models have their time in the bucket',
    /lifecycle_config.rule/,
    ({ set }) =>
      set('storage buckets', bucket, 'lifecycle_config', { rule: [{ action: { type: 'Delete' } }] }),
  ],
  [
    'nothing may be deleted from the bucket',
    /retention_policy.retentionPeriod/,
    ({ set }) => set('storage buckets', bucket, 'retention_policy', { retentionPeriod: '86400' }),
  ],
  [
    'whoever reads a model pays',
    /requester_pays is true/,
    ({ set }) => set('storage buckets', bucket, 'requester_pays', true),
  ],
  [
    'what is deleted is gone at once',
    /bucket test-project-models: soft_delete_policy.retentionDurationSeconds is 0/,
    ({ set }) => set('storage buckets', bucket, 'soft_delete_policy', { retentionDurationSeconds: '0' }),
  ],
  [
    'the database is stopped',
    /activationPolicy is NEVER/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.activationPolicy', 'NEVER'),
  ],
  [
    'the database lets a network in',
    /authorizedNetworks has 1 entries/,
    ({ set }) =>
      set(sql, 'banknote-loop', 'settings.ipConfiguration.authorizedNetworks', [{ value: '0.0.0.0/0' }]),
  ],
  [
    'the database forgets its log sooner',
    /transactionLogRetentionDays is 1/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.backupConfiguration.transactionLogRetentionDays', 1),
  ],
  [
    'the database keeps one backup',
    /retainedBackups is 1/,
    ({ set }) =>
      set(sql, 'banknote-loop', 'settings.backupConfiguration.backupRetentionSettings', {
        retainedBackups: 1,
      }),
  ],
  [
    'the database is in another number of zones',
    /availabilityType is REGIONAL/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.availabilityType', 'REGIONAL'),
  ],
  [
    'the database takes connections that are not encrypted',
    /sslMode is ALLOW_UNENCRYPTED_AND_ENCRYPTED/,
    ({ set }) =>
      set(sql, 'banknote-loop', 'settings.ipConfiguration.sslMode', 'ALLOW_UNENCRYPTED_AND_ENCRYPTED'),
  ],
  [
    'Redis puts out what it thinks is old',
    /redisConfigs.maxmemory-policy is allkeys-lru/,
    ({ set }) => set(redis, 'banknote-loop', 'redisConfigs', { 'maxmemory-policy': 'allkeys-lru' }),
  ],
  [
    'Redis is of another version',
    /redisVersion is REDIS_6_X/,
    ({ set }) => set(redis, 'banknote-loop', 'redisVersion', 'REDIS_6_X'),
  ],
  [
    'Redis asks for no password',
    /authEnabled is false/,
    ({ set }) => set(redis, 'banknote-loop', 'authEnabled', false),
  ],
  [
    'Redis does not encrypt',
    /transitEncryptionMode is DISABLED/,
    ({ set }) => set(redis, 'banknote-loop', 'transitEncryptionMode', 'DISABLED'),
  ],
  [
    'a bucket keeps nothing that is overwritten',
    /versioning_enabled is false/,
    ({ set }) => set('storage buckets', bucket, 'versioning_enabled', false),
  ],
  [
    'a bucket may be made public',
    /public_access_prevention is inherited/,
    ({ set }) => set('storage buckets', bucket, 'public_access_prevention', 'inherited'),
  ],
  [
    'a bucket has rights by object',
    /uniform_bucket_level_access is false/,
    ({ set }) => set('storage buckets', bucket, 'uniform_bucket_level_access', false),
  ],
  [
    'the set-up bucket keeps what is deleted',
    /retentionDurationSeconds is 604800/,
    ({ set }) =>
      set('storage buckets', `${bucket}-setup`, 'soft_delete_policy', { retentionDurationSeconds: '604800' }),
  ],
  ['Redis is larger', /memorySizeGb is 5/, ({ set }) => set(redis, 'banknote-loop', 'memorySizeGb', 5)],
  [
    'Redis is of another tier',
    /tier is STANDARD_HA/,
    ({ set }) => set(redis, 'banknote-loop', 'tier', 'STANDARD_HA'),
  ],
  [
    'the database has another machine',
    /tier is db-f1-micro/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.tier', 'db-f1-micro'),
  ],
  [
    'the database has a public address',
    /ipv4Enabled is true/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.ipConfiguration.ipv4Enabled', true),
  ],
  [
    'the database is not backed up',
    /pointInTimeRecoveryEnabled is false/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.backupConfiguration.pointInTimeRecoveryEnabled', false),
  ],
  [
    'the database may be deleted',
    /deletionProtectionEnabled is false/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.deletionProtectionEnabled', false),
  ],
  [
    'the database takes fewer connections',
    /max_connections.value is not set/,
    ({ set }) => set(sql, 'banknote-loop', 'settings.databaseFlags', []),
  ],
  [
    'the database is gone',
    /database banknotes: it is not there/,
    ({ cloud }) => cloud.remove('sql databases', 'banknotes'),
  ],
];
