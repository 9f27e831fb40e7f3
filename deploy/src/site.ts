import type { EventFunction, Needs } from '@banknote-loop/shared/function';
import type { AnyFunction } from '@banknote-loop/shared/http';
import type { ResourceName } from '@banknote-loop/shared/resources';
import type { Settings } from './settings.ts';

/** What is deployed, and where: all that the plan is made of. */
export interface Site {
  readonly settings: Settings;
  readonly functions: readonly AnyFunction[];
  /** Of each function's built folder, and of the tools, a hash: what is there is deployed again only when that changes. */
  readonly artefacts: ReadonlyMap<string, string>;
}

export interface FunctionNeeds extends Needs {
  readonly minInstances: number;
}

/** What an instance of the function gets: what its definition says, unless the settings know better. */
export function needsOf({ settings }: Site, { name, needs }: AnyFunction): FunctionNeeds {
  const given = Object.entries(settings.FUNCTIONS[name] ?? {}).filter(([, value]) => value !== undefined);
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

/** The service account as which a function works, and as which its trigger calls it. */
export function accountId({ name }: AnyFunction): string {
  return `loop-${name}`;
}

export function emailOf({ settings }: Site, id: string): string {
  return `${id}@${settings.PROJECT_ID}.iam.gserviceaccount.com`;
}

export function memberOf(site: Site, definition: AnyFunction): string {
  return `serviceAccount:${emailOf(site, accountId(definition))}`;
}

/** The names of what the deployment makes, where the contract does not give them. */
export const names = {
  /** Of the connector, the Redis and the database instance. */
  service: 'banknote-loop',
  addresses: 'banknote-loop-services',
  door: 'banknote-loop-door',
  builder: 'loop-builder',
  /** Of the image with the tools, and of the job and account that run it. */
  tools: 'tools',
  toolsJob: 'loop-tools',
  secret: 'db-pass',
} as const;

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
