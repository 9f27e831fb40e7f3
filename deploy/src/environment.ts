import { keepSettings } from '@banknote-loop/shared/expiry';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { userOf } from '@banknote-loop/shared/postgres';
import { messagingSettings, processSettings, telemetrySettings } from '@banknote-loop/shared/resources';
import type { z } from 'zod';
import { loopOf, namesOf, passwordSecret } from './names.ts';
import type { Settings } from './settings.ts';

/**
 * Google's own services need no address, where one function publishes instead cannot be said to all of them, keys, passwords
 * and certificates are in secrets, and Cloud Run says itself which service it runs.
 */
const neverSet =
  /_EMULATOR_HOST$|^(TOPIC_ID|MODEL_KEYS|MESSAGE_KEYS|REDIS_PASSWORD|PGSSLROOTCERT|REDIS_CACERT|AUTH_CLIENT_SECRET|K_SERVICE)$/;

/** The settings that a function checks when it starts. */
export function schemasOf({ uses, settings }: AnyFunction): readonly z.ZodObject[] {
  return [
    messagingSettings,
    telemetrySettings,
    processSettings.pick({ WEB_CONCURRENCY: true }),
    ...Object.values(uses).map(resource => resource.settings),
    ...Object.values(settings).map(schema => schema.in),
  ];
}

/** The names of all variables that a function knows. */
export function variablesOf(definition: AnyFunction): ReadonlySet<string> {
  const known = schemasOf(definition).flatMap(schema => Object.keys(schema.shape));
  return new Set(known.filter(name => !neverSet.test(name)));
}

/** The environment of a function: of all variables those that it knows, and that have a value. */
export function environmentOf(settings: Settings, definition: AnyFunction): Readonly<Record<string, string>> {
  const known = variablesOf(definition);
  const variables = { ...allVariables(settings), ...logInOf(settings, definition) };
  return Object.fromEntries(Object.entries(variables).filter(([name]) => known.has(name)));
}

/** Whether each function has a user of its own in the database. An existing one may know one user only. */
export function hasOwnUsers({ DB_USERS, DBHOST }: Settings): boolean {
  return (DB_USERS ?? (DBHOST === undefined ? 'each' : 'one')) === 'each';
}

function logInOf(settings: Settings, { name }: AnyFunction): Readonly<Record<string, string>> {
  if (!hasOwnUsers(settings)) return {};
  const names = namesOf(loopOf(settings));
  const own = name.slice(names.prefix.length);
  return { DBUSER: userOf(own, settings.DBUSER), DB_SECRET: passwordSecret(names, name) };
}

/** Whether spans go to Google's own service, which takes a right and an API. */
export function tracesToGoogle({ passedOn }: Settings): boolean {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint = '' } = passedOn;
  return URL.parse(endpoint)?.hostname === 'telemetry.googleapis.com';
}

/** The variables of all functions together. */
export function allVariables(settings: Settings): Readonly<Record<string, string>> {
  const { LOG_LEVEL, PROJECT_ID, BUCKET, REDISHOST, REDISPORT, DBHOST, DBPORT, DBNAME, DBUSER, DBPOOL } =
    settings;
  const { prefix, secret, modelKeys, messageKeys } = namesOf(loopOf(settings));
  return {
    ...encryption(settings),
    UNSIGNED_MESSAGES: 'refuse',
    ...settings.passedOn,
    // The one loop of the banknotes knows no other names than those of the contract.
    ...(prefix && { DATA_SET: settings.DATA_SET, TOPIC_PREFIX: prefix, DB_SECRET: secret }),
    MODEL_KEYS_SECRET: modelKeys,
    MESSAGE_KEYS_SECRET: messageKeys,
    // The metrics are made of the lines of this level: which of them are kept is said to Cloud Logging.
    LOG_LEVEL: LOG_LEVEL === 'debug' ? 'debug' : 'info',
    PROJECT_ID,
    BUCKET,
    // Where the deployment makes the server, its address is known only then.
    REDISHOST: REDISHOST ?? `\${REDISHOST}`,
    REDISPORT: REDISHOST ? String(REDISPORT) : encryptedRedisPort,
    DBHOST: DBHOST ?? `\${DBHOST}`,
    DBPORT: String(DBPORT),
    DBNAME,
    DBUSER,
    DBPOOL: String(DBPOOL),
    ...kept(settings),
  };
}

/** How long what is kept is kept: the tools take out the rest. */
function kept(settings: Settings): Readonly<Record<string, string>> {
  const { KEEP_ARCHIVE, ...days } = keepSettings.parse(settings);
  const given = Object.entries(days).filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  return { KEEP_ARCHIVE, ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])) };
}

/** Where Memorystore listens for those who encrypt. */
const encryptedRedisPort = '6378';

/** How the servers are reached that the deployment makes. Each has an authority that gives certificates to nobody else. */
function encryption(settings: Settings): Readonly<Record<string, string>> {
  const { DBHOST, REDISHOST } = settings;
  const { databaseCa, redisSecret, redisCa } = namesOf(loopOf(settings));
  return {
    ...(DBHOST === undefined && { PGSSLMODE: 'verify-ca', DB_CA_SECRET: databaseCa }),
    ...(REDISHOST === undefined && {
      REDIS_TLS: 'verify-ca',
      REDIS_SECRET: redisSecret,
      REDIS_CA_SECRET: redisCa,
    }),
  };
}
