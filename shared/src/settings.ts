import { z } from 'zod';

// Every environment variable of the project, by the part that needs it. A function checks at its start those of the
// parts that it uses, and no others.

const text = z.string().min(1);
const port = z.coerce.number().int().min(1).max(65_535);
const count = z.coerce.number().int().min(1);

export const messagingSettings = z.object({
  PROJECT_ID: text,
  /** Where the function publishes instead of the topic in its definition. */
  TOPIC_ID: text.optional(),
  /** A message that has been circling for longer than this goes to `dead-letter`. */
  EVENT_MAX_AGE_SECONDS: count.default(86_400),
  /** The least important lines that are written. */
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export const databaseSettings = z.object({
  PROJECT_ID: text,
  /** A host name, an address, or the folder of a Unix socket such as `/cloudsql/PROJECT:REGION:INSTANCE`. */
  DBHOST: text,
  DBPORT: port.default(5432),
  DBNAME: text,
  DBUSER: text,
  /** Set only on the laptop: where its stand-in for Secret Manager listens, as `HOST:PORT`. */
  SECRET_MANAGER_EMULATOR_HOST: text.optional(),
  /** Connections of one instance: instances x pool must stay below what the server allows. */
  DBPOOL: count.default(4),
});

export const cacheSettings = z.object({ REDISHOST: text, REDISPORT: port.default(6379) });

export const bucketSettings = z.object({ PROJECT_ID: text, BUCKET: text });

export const deadLetterSettings = z.object({
  PROJECT_ID: text,
  /** Set only on the laptop, and honoured by Google's own clients too. */
  PUBSUB_EMULATOR_HOST: text.optional(),
});

const share = z.coerce.number().min(0).max(1);

export const gateSettings = z.object({
  /** The least share of all hold-out notes, and of those of each class, that a model must get right. */
  GATE_MIN_ACCURACY: share.default(0.95),
  GATE_MIN_RECALL: share.default(0.9),
  /** With fewer hold-out notes than this, nothing is decided. */
  GATE_MIN_ROWS: count.default(50),
  /** By how much a model must exceed the one that answers; 0 lets an equally good one pass. */
  GATE_MIN_GAIN: share.default(0),
  /** A difference that chance alone makes less often than this is taken for real. */
  GATE_ALPHA: share.default(0.05),
  /** So many of the latest answers are given again by the new model, to see which would change. */
  FLIP_REPORT_ROWS: count.default(500),
});

/** The process cannot start as it is configured. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Checks the environment against a schema; the error is one line that names every variable that is wrong. */
export function readSettings<Schema extends z.ZodObject>(
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
