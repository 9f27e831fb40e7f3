import type { EventFunction, Needs } from '@banknote-loop/shared/function';
import type { AnyFunction } from '@banknote-loop/shared/http';
import type { ResourceName } from '@banknote-loop/shared/resources';
import { hasOwnUsers } from './environment.ts';
import { accountName, loopOf, type Names, namesOf } from './names.ts';
import type { Settings } from './settings.ts';

/** What is deployed, and where: all that the plan is made of. */
export interface Site {
  readonly settings: Settings;
  readonly names: Names;
  /** As they are deployed: under names that carry the data set's. */
  readonly functions: readonly AnyFunction[];
  /** Of each function's built folder, and of the tools, a hash: what is there is deployed again only when that changes. */
  readonly artefacts: ReadonlyMap<string, string>;
}

/** The functions by the names under which they are deployed, and the topics that they know likewise. */
export function makeSite({ settings, functions, artefacts }: Omit<Site, 'names'>): Site {
  const names = namesOf(loopOf(settings));
  const { prefix } = names;
  const renamed = <T extends { readonly name: string }>(one: T): T => ({
    ...one,
    name: `${prefix}${one.name}`,
  });
  return {
    settings,
    names,
    functions: functions.map(one => {
      const publishes = one.publishes.map(renamed);
      return one.kind === 'event'
        ? renamed({ ...one, publishes, on: renamed(one.on) })
        : renamed({ ...one, publishes });
    }),
    artefacts: new Map(
      [...artefacts].map(([name, hash]) => [name === names.tools ? name : `${prefix}${name}`, hash]),
    ),
  };
}

/** What the function is called in its own folder, and where that is built. */
export function builtAs({ settings, names }: Site, { name }: AnyFunction) {
  const entry = name.slice(names.prefix.length);
  const folder = settings.DATA_SET === 'banknotes' ? 'dist' : `dist/data-sets/${settings.DATA_SET}`;
  return { entry, folder: `${folder}/functions/${entry}` };
}

/** A topic or function of the contract as it is deployed. */
export function deployed({ names }: Pick<Site, 'names'>, name: string): string {
  return `${names.prefix}${name}`;
}

/** The function that a person means, who may leave out what all names begin with. */
export function meant(site: Site, name: string): string {
  return name.startsWith(site.names.prefix) ? name : deployed(site, name);
}

export interface FunctionNeeds extends Needs {
  readonly minInstances: number;
}

/** What an instance of the function gets: what its definition says, unless the settings know better. */
export function needsOf(site: Site, definition: AnyFunction): FunctionNeeds {
  const { settings } = site;
  const { needs } = definition;
  const given = Object.entries(settings.FUNCTIONS[builtAs(site, definition).entry] ?? {}).filter(
    ([, value]) => value !== undefined,
  );
  const maxInstances = Math.min(needs.maxInstances, settings.MAX_INSTANCES);
  const memory = inMi(needs.memory) < inMi(settings.MIN_MEMORY) ? settings.MIN_MEMORY : needs.memory;
  return { ...needs, memory, minInstances: 0, maxInstances, ...Object.fromEntries(given) };
}

function inMi(memory: string): number {
  return Number.parseInt(memory, 10);
}

export function eventFunctions({ functions }: Site): readonly EventFunction[] {
  return functions.filter(definition => definition.kind === 'event');
}

export function uses(definition: AnyFunction, name: ResourceName): boolean {
  return Object.values(definition.uses).some(resource => resource.name === name);
}

/** The functions that log in to the database as users of their own. */
export function withOwnUser({ functions, settings }: Site): readonly AnyFunction[] {
  return hasOwnUsers(settings) ? functions.filter(definition => uses(definition, 'database')) : [];
}

/** The service account as which a function works, and as which its trigger calls it. */
export function accountId({ name }: AnyFunction): string {
  return accountName(name);
}

/** All accounts as which something of the loop works. */
export function accountsOf({ functions, names }: Site): readonly string[] {
  return [names.builder, names.toolsJob, ...functions.map(accountId)];
}

export function emailOf({ settings }: Pick<Site, 'settings'>, id: string): string {
  return `${id}@${settings.PROJECT_ID}.iam.gserviceaccount.com`;
}

export function memberOf(site: Site, definition: AnyFunction): string {
  return `serviceAccount:${emailOf(site, accountId(definition))}`;
}

/** The instance of Cloud SQL: that of the loop's name, or the one that has taken its place. */
export function sqlInstance({ settings, names }: Pick<Site, 'settings' | 'names'>): string {
  return settings.DB_INSTANCE ?? names.service;
}

/** Holds the script that sets the database up while it is imported; no function can read it. */
export function setUpBucket({ settings }: Site): string {
  return `${settings.BUCKET}-setup`;
}

/** The hash of what has been built, as a label. */
export function artefactOf({ artefacts }: Site, name: string): string {
  const hash = artefacts.get(name);
  if (!hash) throw new Error(`${name} has not been built: run npm run build.`);
  return hash;
}

/** Whether the front door asks who comes in. */
export function guardsDoor({ DOMAIN, DOOR_MEMBERS }: Settings): boolean {
  return DOMAIN !== undefined && DOOR_MEMBERS.length > 0;
}

/** Whether functions are deployed as containers that were built before. */
export function asImages({ settings }: Site): boolean {
  return settings.DEPLOY_AS === 'images';
}

/** What a script that makes input for a command is told where it is not for the one loop of the banknotes. */
export function argumentOf(settings: Settings): readonly string[] {
  const loop = loopOf(settings);
  return loop === 'banknotes' ? [] : [loop];
}
