import { readSettings, SettingsError } from '@banknote-loop/shared/resources';
import { placeholder } from './command.ts';
import { environmentOf, schemasOf, variablesOf } from './environment.ts';
import { builtAs, needsOf, type Site, uses } from './site.ts';

/** Connections that PostgreSQL and Cloud SQL keep for themselves, or that a person needs to look around. */
const reservedConnections = 10;

/** Refuses settings with which the loop would not run, before anything is done. */
export function checkSite(site: Site): void {
  const wrong = [...unknownNames(site), ...environmentFaults(site), ...connectionFaults(site)];
  if (wrong.length > 0)
    throw new SettingsError(`The settings do not fit the functions: ${wrong.join('; ')}.`);
}

function unknownNames(site: Site): readonly string[] {
  const { settings, functions } = site;
  const names = new Set(functions.map(one => builtAs(site, one).entry));
  const variables = new Set(functions.flatMap(definition => [...variablesOf(definition)]));
  return [
    ...Object.keys(settings.FUNCTIONS)
      .filter(name => !names.has(name))
      .map(name => `FUNCTIONS.${name} is none of ${[...names].join(', ')}`),
    ...Object.keys(settings.passedOn)
      .filter(name => !variables.has(name))
      .map(name => `${name} is a variable that neither the deployment nor any function knows`),
  ];
}

/** Each function would refuse to start with these: better to hear of it here. */
function environmentFaults({ settings, functions }: Site): readonly string[] {
  return functions.flatMap(definition => {
    const environment = Object.fromEntries(
      Object.entries(environmentOf(settings, definition)).map(([name, value]) => [
        name,
        value.replace(placeholder, 'known-later'),
      ]),
    );
    return schemasOf(definition).flatMap(schema => {
      try {
        readSettings(schema, environment);
        return [];
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        return [`${definition.name}: ${error.message}`];
      }
    });
  });
}

function connectionFaults(site: Site): readonly string[] {
  const { DBPOOL, DB_MAX_CONNECTIONS } = site.settings;
  const needed = connectionsOf(site);
  const available = DB_MAX_CONNECTIONS - reservedConnections;
  if (needed <= available) return [];
  return [
    `the functions may open ${needed} database connections (2 x instances x DBPOOL ${DBPOOL}, since the old and the new ` +
      `revision overlap while they are deployed), and DB_MAX_CONNECTIONS ${DB_MAX_CONNECTIONS} leaves ${available}: ` +
      'lower DBPOOL, MAX_INSTANCES or maxInstances in FUNCTIONS, or raise it with DB_TIER',
  ];
}

/**
 * The most connections that all instances together can open. The most instances are counted for each revision, and all
 * functions may be deployed at the same time. Whoever looks after the loop works beside them.
 */
export function connectionsOf(site: Site): number {
  const { DBPOOL } = site.settings;
  const instances = site.functions
    .filter(definition => uses(definition, 'database'))
    .reduce((sum, definition) => sum + needsOf(site, definition).maxInstances, 0);
  return (2 * instances + 1) * DBPOOL;
}
