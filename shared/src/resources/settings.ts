import { z } from 'zod';
import { signingKeysForm } from '../base/signing-keys.ts';
import { tlsModes } from '../base/tls.ts';
import { defaultGateSettings } from '../classifier/gate/input.ts';
import { timeForms } from '../contract/time.ts';
import { defaultMostRows } from '../postgres/training-data.ts';

// Every environment variable of the project, by the part that needs it. A function checks at its start those of the
// parts that it uses, and no others.

const text = z.string().min(1);
const port = z.coerce.number().int().min(1).max(65_535);
const words = (list: string): readonly string[] => list.split(/[\s,]+/).filter(word => word !== '');
const count = z.coerce.number().int().min(1);
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

/** How HTTP functions answer, for callers of before. */
export const replySettings = z.object({
  TIMES: times,
  /** The status of what is accepted and done later. */
  ACCEPTED_STATUS: z.enum(['200', '201', '202']).default('202'),
});

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

export const predictSettings = z.object({
  /**
   * When an immediate prediction is recorded: `before` it is answered, so that each answer can be looked up and rated;
   * `after` it, so that those of a process that is killed at that moment are lost; `off`: never.
   */
  PREDICT_RECORD: z.enum(['before', 'after', 'off']).default('before'),
});

const share = z.coerce.number().min(0).max(1);

export const gateSettings = z.object({
  /** The least share of all hold-out rows, and of those of each class, that a model must get right; else what the data set says. */
  GATE_MIN_ACCURACY: share.optional(),
  GATE_MIN_RECALL: share.optional(),
  /** With fewer hold-out notes than this, nothing is decided. */
  GATE_MIN_ROWS: count.default(defaultGateSettings.minimumRows),
  /** By how much a model must exceed the one that answers; 0 lets an equally good one pass. */
  GATE_MIN_GAIN: share.default(defaultGateSettings.minimumGain),
  /** A difference that chance alone makes less often than this is taken for real. */
  GATE_ALPHA: share.default(defaultGateSettings.alpha),
  /** So many of the latest answers are given again by the new model, to see which would change. */
  FLIP_REPORT_ROWS: count.default(500),
});

export const trainingSettings = z.object({
  /** The largest share of what a model learns from, or is judged on, that may come from one reviewer; 1 is no limit. */
  CAP_REVIEWER_SHARE: share.default(0.1),
  /** The same for the labels of one batch. */
  CAP_BATCH_SHARE: share.default(0.1),
  /** So many rows of one reviewer or batch always count, however few rows there are in all. */
  CAP_MIN_ROWS: count.default(20),
  /** A training takes no more rows than this: of those that came with the data set a fixed sample, of people's the newest. */
  TRAIN_MAX_ROWS: z.coerce.number().int().min(100).default(defaultMostRows),
  /** With fewer new or changed labels than this, a training is put off. */
  RETRAIN_AFTER_ROWS: count.default(1),
  /** But not for longer than this after the last one; 0 waits for the labels alone. */
  RETRAIN_AFTER_MINUTES: z.coerce.number().min(0).default(0),
  /**
   * Labels of items that no trusted row is like wait for a second reviewer or an operator. Left out: where callers are known
   * by tokens. Otherwise they are learned from at once, and a warning is written.
   */
  REVIEW_FAR_LABELS: z.stringbool().optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** A label that is more probably wrong than this looks wrong; with 1, none does. */
  SUSPICION_MAX: share.default(0.7),
  /** So many that look wrong are learned from all the same; if there are more, none is until a second reviewer or an operator settles it. */
  SUSPICION_TOLERATED: z.coerce.number().int().min(0).default(5),
  /** So long may be looked, after a refusal, for the labels that hold learning back; 0 never looks. */
  QUARANTINE_SECONDS: z.coerce.number().min(0).max(120).default(30),
  /** About how many seconds it may take to try ways to learn and to choose among them. */
  TRAIN_BUDGET_SECONDS: z.coerce.number().min(1).max(120).default(20),
});

export const answerSettings = z.object({
  /** From which share on how unlike anything known an item is (`unlike`) makes of its answer a "don't know"; left out, never. */
  ABSTAIN_FROM: share.optional(),
});

export const qualitySettings = z.object({
  /** Ratings and answers of so many last days tell how good the models are. */
  QUALITY_WINDOW_DAYS: z.coerce.number().positive().default(7),
  /** At most so many of the latest answers are compared with the training data. */
  QUALITY_ROWS: count.default(5_000),
  /** With fewer answers or ratings than this, nothing is concluded. */
  QUALITY_MIN_ROWS: count.default(200),
  /** A population stability index above this is called drift. */
  DRIFT_THRESHOLD: z.coerce.number().positive().default(0.25),
  /** So many models refused in a row are an alert, and so many labels set aside. */
  QUALITY_MAX_REFUSALS: count.default(5),
  QUALITY_MAX_SET_ASIDE: count.default(50),
  /** Drift makes labels be learned from at once that otherwise wait for more (RETRAIN_AFTER_ROWS). */
  RETRAIN_ON_DRIFT: z.stringbool().default(false),
  /** A live accuracy that is clearly below that of the model before brings that model back. */
  ROLLBACK_ON_LIVE_ACCURACY: z.stringbool().default(false),
});

const tokens = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE'] as const;
const onPage = ['AUTH_CLIENT_ID', 'AUTH_PAGE_URL'] as const;

const loopback = /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/;

/** An origin whose answers nobody on the way can read or change: cookies and codes pass through it. */
function isSafeOrigin(address: string): boolean {
  const { protocol = '', hostname = '', origin = '', href = '' } = URL.parse(address) ?? {};
  return (
    href === `${origin}/` && (protocol === 'https:' || (protocol === 'http:' && loopback.test(hostname)))
  );
}

/** Who may call the HTTP functions, and how often. Left out, everybody may, and never from pages of other origins. */
export const accessSettings = z
  .object({
    /** Where the issuer of tokens publishes its keys; with it, every call needs a token. */
    AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
    AUTH_ISSUER: text.optional(),
    AUTH_AUDIENCE: text.optional(),
    /** Scopes and roles for callers whose tokens have none, as those of service accounts: `caller=scope role; caller=scope`. */
    AUTH_GRANTS: z
      .string()
      .regex(/^\s*([^=;]+=[^=;]+(;|$)\s*)*$/, 'write caller=scope scope; caller=scope')
      .default('')
      .transform(readGrants),
    /** What the issuer calls the page, where people sign in on it; the issuer is then an OpenID Connect provider. */
    AUTH_CLIENT_ID: text.optional(),
    /** Where people open the page, such as https://notes.example.com; the provider sends them back to /session/return of it. */
    AUTH_PAGE_URL: text
      .refine(isSafeOrigin, 'write https://HOST, without a path; http only on this machine')
      .transform(address => new URL(address).origin)
      .optional(),
    /** Origins whose pages may call, apart from our own; `*` stands for all. */
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform(list => new Set(words(list))),
    /** So many addresses at the end of `X-Forwarded-For` were written by proxies of ours; the rest is the caller's own word. */
    TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(1),
    /** So many requests of one caller are answered in a minute; without it, all. */
    RATE_LIMIT_PER_MINUTE: count.optional(),
    /** Where they are counted, and where it is kept who is signed in. */
    REDISHOST: text.optional(),
    ...redisSettings.shape,
  })
  .superRefine((settings, context) => {
    // Half of a sign-in would be none, and all doors open.
    const signsInOnPage = onPage.some(name => settings[name] !== undefined);
    const wantsTokens =
      signsInOnPage || tokens.some(name => settings[name] !== undefined) || settings.AUTH_GRANTS.size > 0;
    const needed = [
      ...(wantsTokens ? tokens : []),
      ...(signsInOnPage ? onPage : []),
      ...(settings.RATE_LIMIT_PER_MINUTE || signsInOnPage ? (['REDISHOST'] as const) : []),
    ];
    for (const name of needed) {
      if (!settings[name]) context.addIssue({ code: 'custom', path: [name], message: 'needed' });
    }
  });

/** What belongs to a sign-in itself, and cannot be set besides. */
const ownParameters: ReadonlySet<string> = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'state', 'nonce'],
  ...['code_challenge', 'code_challenge_method', 'request', 'request_uri'],
]);

/** How people sign in on the page. */
export const signInSettings = z
  .object({
    ...accessSettings.shape,
    PROJECT_ID: text,
    /** What the page proves itself with to the provider; a provider that takes public clients asks for none. */
    AUTH_CLIENT_SECRET: text.optional(),
    /** The secret that holds it instead, as in the cloud. */
    AUTH_CLIENT_SECRET_NAME: text.optional(),
    /** What the provider is told besides, as `access_type=offline&prompt=consent`, which Google needs for a long session. */
    AUTH_SIGN_IN_PARAMETERS: z
      .string()
      .transform(query => Object.fromEntries(new URLSearchParams(query)))
      .refine(
        given => !Object.keys(given).some(name => ownParameters.has(name)),
        'one of these is not for you to set',
      )
      .default({}),
    SECRET_MANAGER_EMULATOR_HOST: databaseSettings.shape.SECRET_MANAGER_EMULATOR_HOST,
  })
  .superRefine((settings, context) => {
    const { AUTH_CLIENT_SECRET, AUTH_CLIENT_SECRET_NAME, AUTH_CLIENT_ID } = settings;
    if ((AUTH_CLIENT_SECRET || AUTH_CLIENT_SECRET_NAME) && !AUTH_CLIENT_ID) {
      context.addIssue({ code: 'custom', path: ['AUTH_CLIENT_ID'], message: 'needed' });
    }
  });

function readGrants(list: string): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = list.split(';').filter(entry => entry.includes('='));
  return new Map(
    entries.map(entry => {
      const [caller = '', granted = ''] = entry.split('=');
      return [grantee(caller.trim()), new Set(words(granted))];
    }),
  );
}

/** A name with an @ is an address, any other a subject, unless `email:` or `sub:` says which. */
function grantee(name: string): string {
  if (/^(sub|email):/.test(name)) return name.startsWith('email:') ? name.toLowerCase() : name;
  return name.includes('@') ? `email:${name.toLowerCase()}` : `sub:${name}`;
}

/** The process cannot start as it is configured. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Checks the environment against a schema; the error is one line that names every variable that is wrong. */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  // A variable set to nothing is a variable that somebody forgot to fill in.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return given[name] === undefined ? `${name} is missing` : `${name} is malformed (${message})`;
  });
  throw new SettingsError(
    `The environment is not complete: ${[...new Set(wrong)].join('; ')}. See env-vars.example.yaml.`,
  );
}
