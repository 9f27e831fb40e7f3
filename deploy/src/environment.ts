import type { AnyFunction } from '@banknote-loop/shared/function/definition.ts';
import { messagingSettings } from '@banknote-loop/shared/settings.ts';
import type { z } from 'zod';
import type { Settings } from './settings.ts';

/** Set only on the laptop: Google's own services need no address. */
const laptopOnly = /_EMULATOR_HOST$/;

/** The settings that a function checks when it starts. */
export function schemasOf({ uses }: AnyFunction): readonly z.ZodObject[] {
  return [messagingSettings, ...Object.values(uses).map(resource => resource.settings)];
}

/** The names of all variables that a function knows. */
export function variablesOf(definition: AnyFunction): ReadonlySet<string> {
  const known = schemasOf(definition).flatMap(schema => Object.keys(schema.shape));
  return new Set(known.filter(name => !laptopOnly.test(name)));
}

/** The environment of a function: of all variables those that it knows, and that have a value. */
export function environmentOf(settings: Settings, definition: AnyFunction): Readonly<Record<string, string>> {
  const known = variablesOf(definition);
  return Object.fromEntries(Object.entries(allVariables(settings)).filter(([name]) => known.has(name)));
}

function allVariables(settings: Settings): Readonly<Record<string, string>> {
  const { PROJECT_ID, BUCKET, REDISHOST, REDISPORT, DBHOST, DBPORT, DBNAME, DBUSER, DBPOOL } = settings;
  return {
    ...settings.passedOn,
    PROJECT_ID,
    BUCKET,
    // Where the deployment makes the server, its address is known only then.
    REDISHOST: REDISHOST ?? `\${REDISHOST}`,
    REDISPORT: String(REDISPORT),
    DBHOST: DBHOST ?? `\${DBHOST}`,
    DBPORT: String(DBPORT),
    DBNAME,
    DBUSER,
    DBPOOL: String(DBPOOL),
  };
}
