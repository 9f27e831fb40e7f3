import { randomUUID } from 'node:crypto';
import { invalidArgument, type ResourceKind } from './errors.ts';

const project = 'projects/[^/]+';
const id = '(?!goog)[A-Za-z][A-Za-z0-9._~+%-]{2,254}';
const patterns: Readonly<Record<ResourceKind, RegExp>> = {
  topic: new RegExp(`^${project}/topics/${id}$`),
  subscription: new RegExp(`^${project}/subscriptions/${id}$`),
  snapshot: new RegExp(`^${project}/snapshots/${id}$`),
  schema: new RegExp(`^${project}/schemas/${id}$`),
};

/** The topic of a subscription whose topic has been deleted, as Google spells it. */
export const deletedTopic = '_deleted-topic_';
/** The schema of a topic whose schema has been deleted. */
export const deletedSchema = '_deleted-schema_';

export function checkResourceName(kind: ResourceKind, name: string): void {
  if (patterns[kind].test(name)) return;
  throw invalidArgument(
    `Invalid ${kind} name: "${name}". Write projects/PROJECT/${kind}s/ID, where ID is 3 to 255 letters, digits or -._~+%, ` +
      'starts with a letter and not with "goog".',
  );
}

/** A name for what its creator has named nothing, beside something else of the project. */
export function randomName(kind: ResourceKind, beside: string): string {
  return `${projectOf(beside)}/${kind}s/${kind}-${randomUUID()}`;
}

/** "projects/p" of "projects/p/topics/t". */
export function projectOf(name: string): string {
  return name.split('/', 2).join('/');
}

/** The last part: "t" of "projects/p/topics/t". */
export function idOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1);
}
