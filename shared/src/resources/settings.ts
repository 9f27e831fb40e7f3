import { z } from 'zod';
import { signingKeysForm } from '../base/signing-keys.ts';
import { tlsModes } from '../base/tls.ts';
import { timeForms } from '../contract/time.ts';
import { count, port, text, words } from './read-settings.ts';

// The environment variables that say where services are and how a process runs, by the part that needs them. A function
// checks at its start those of the parts that it uses, and no others.

const keys = z.string().regex(signingKeysForm, 'write name:64 hexadecimal digits, more of them after commas');
const tlsMode = z.enum(tlsModes, `write ${tlsModes.join(', ')}`).default('disable');
/** Where the loops of several data sets share a project: what the names of topics and subscriptions begin with. */
const topicPrefix = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,40}$/, 'small letters, digits and hyphens, such as iris-')
  .optional();

export const messagingSettings = z.object({
  PROJECT_ID: text,
  /** The name of the data set that is served, so that nobody takes a function of another one for it. */
  DATA_SET: text.optional(),
  /** Set only on the laptop, and honoured by Google's own clients too. */
  PUBSUB_EMULATOR_HOST: text.optional(),
  TOPIC_PREFIX: topicPrefix,
  /** Where the function publishes instead of the topic in its definition. */
  TOPIC_ID: text.optional(),
  /** A message that has been circling for longer than this goes to `dead-letter`. */
  EVENT_MAX_AGE_SECONDS: count.default(518_400),
  /**
   * The names under which the function is called, beside addresses; left out, any name will do. Where no front door and no
   * token keeps others out, a page whose name leads here would else be taken for our own.
   */
  ALLOWED_HOSTS: z
    .string()
    .default('')
    .transform(list => new Set(words(list.toLowerCase()))),
  /** Whether batches of one moment travel in one message; for other programs on these topics that tell them apart by id. */
  JOIN_BATCHES: z.enum(['on', 'off']).default('on'),
  /**
   * What announcements of jobs and models, and ratings by people who sign in, are signed with: `NAME:64 hexadecimal digits`,
   * more after commas. The first signs, all are believed. Left out, none are asked for. The laptop's loop makes its own.
   */
  MESSAGE_KEYS: keys.optional(),
  /** The secret that holds them instead, as in the cloud. */
  MESSAGE_KEYS_SECRET: text.optional(),
  /**
   * Whether jobs and models that no program of the deployment has signed are taken all the same, as from programs of before.
   * Left out, they are where there are no keys to tell; to refuse them takes keys.
   */
  UNSIGNED_MESSAGES: z.enum(['refuse', 'accept']).optional(),
  /** Set only on the laptop: where its stand-in for Secret Manager listens, as `HOST:PORT`. */
  SECRET_MANAGER_EMULATOR_HOST: text.optional(),
  /** The least important lines that are written. */
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export const telemetrySettings = z.object({
  PROJECT_ID: text,
  /** Where spans are sent, by OTLP over HTTP; `https://telemetry.googleapis.com` is Cloud Trace. Without it, none are made. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** The share of traces that are recorded, of those that begin here. */
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  /** Whether answers wait for their spans to leave; `auto` does so where the process may stand still afterwards. */
  FLUSH_SPANS: z.enum(['auto', 'always', 'never']).default('auto'),
  /** Set by Cloud Run. */
  K_SERVICE: text.optional(),
});

export const databaseSettings = z.object({
  PROJECT_ID: text,
  /** A host name, an address, or the folder of a Unix socket such as `/cloudsql/PROJECT:REGION:INSTANCE`. */
  DBHOST: text,
  DBPORT: port.default(5432),
  DBNAME: text,
  DBUSER: text,
  SECRET_MANAGER_EMULATOR_HOST: messagingSettings.shape.SECRET_MANAGER_EMULATOR_HOST,
  /** The secret that holds the password. */
  DB_SECRET: text.default('db-pass'),
  /** Connections of one instance: instances x pool must stay below what the server allows. */
  DBPOOL: count.default(4),
  /** How the connection is secured, as PostgreSQL's own programs are told it. */
  PGSSLMODE: tlsMode,
  /** The file with the certificates of the authorities that are believed, or the secret that holds them instead. */
  PGSSLROOTCERT: text.optional(),
  DB_CA_SECRET: text.optional(),
});

/** How times are written where readers of before look: with `zoned` they end in `Z`, with `bare` readers add it themselves. */
const times = z.enum(timeForms).default('zoned');

export const processSettings = z.object({
  /** So many processes of an instance answer behind its one port; `auto`: one for each core. */
  WEB_CONCURRENCY: z.union([z.literal('auto'), count]).default(1),
  DBPOOL: databaseSettings.shape.DBPOOL,
});

export const redisSettings = z.object({
  REDISPORT: port.default(6379),
  /** What Redis asks for (its AUTH), or the secret that holds it instead. */
  REDIS_PASSWORD: text.optional(),
  REDIS_SECRET: text.optional(),
  /** How the connection is secured, in the words of PGSSLMODE, and by whose certificates: a file, or a secret. */
  REDIS_TLS: tlsMode,
  REDIS_CACERT: text.optional(),
  REDIS_CA_SECRET: text.optional(),
  PROJECT_ID: text,
  SECRET_MANAGER_EMULATOR_HOST: databaseSettings.shape.SECRET_MANAGER_EMULATOR_HOST,
});
export type RedisSettings = z.output<typeof redisSettings>;

export const cacheSettings = redisSettings.extend({ REDISHOST: text, TIMES: times });

export const bucketSettings = z.object({
  PROJECT_ID: text,
  BUCKET: text,
  /** Set only on the laptop, and honoured by Google's own clients too. */
  STORAGE_EMULATOR_HOST: text.optional(),
  /**
   * What model files are signed with: `NAME:64 hexadecimal digits`, more after commas. The first signs, all are believed; a
   * file that none of them has signed is never loaded. Left out, no signatures are asked for. The laptop's loop makes its own.
   */
  MODEL_KEYS: keys.optional(),
  /** The secret that holds them instead, as in the cloud. */
  MODEL_KEYS_SECRET: text.optional(),
  SECRET_MANAGER_EMULATOR_HOST: databaseSettings.shape.SECRET_MANAGER_EMULATOR_HOST,
});

export const messageKeySettings = z
  .object({
    ...messagingSettings.pick({
      PROJECT_ID: true,
      MESSAGE_KEYS: true,
      MESSAGE_KEYS_SECRET: true,
      SECRET_MANAGER_EMULATOR_HOST: true,
    }).shape,
    AUTH_JWKS_URL: text.optional(),
  })
  .superRefine(({ AUTH_JWKS_URL, MESSAGE_KEYS, MESSAGE_KEYS_SECRET }, context) => {
    // Whoever signs in would count for nobody.
    if (!AUTH_JWKS_URL || MESSAGE_KEYS || MESSAGE_KEYS_SECRET) return;
    context.addIssue({
      code: 'custom',
      path: ['MESSAGE_KEYS_SECRET'],
      message: 'needed where people sign in',
    });
  });

export const deadLetterSettings = z.object({
  PROJECT_ID: text,
  PUBSUB_EMULATOR_HOST: text.optional(),
  TOPIC_PREFIX: topicPrefix,
});

export const monitoringSettings = z.object({
  PROJECT_ID: text,
  /** Set only on the laptop: whoever is served by an emulator must not ask the real cloud how it stands. */
  PUBSUB_EMULATOR_HOST: text.optional(),
  /** Set only on the laptop: where its stand-in for Cloud Monitoring listens, as `HOST:PORT`. */
  MONITORING_EMULATOR_HOST: text.optional(),
  TOPIC_PREFIX: topicPrefix,
});
