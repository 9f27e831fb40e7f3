import { type Command, gcloud } from './command.ts';
import type { Names } from './names.ts';

/** One line of the plan. Steps are data: nothing runs here. */
export type Step = CloudResource | Grant;

/** Something that must be there, and the commands that make, mend and remove it. */
export interface CloudResource {
  readonly kind: 'resource';
  readonly title: string;
  /** Describes what is there, as JSON; it fails as "not found" when it is not there. */
  readonly look: Command;
  readonly wants: Wants;
  readonly create: readonly Command[];
  /** Brings what is there, but is not as it should be, up to date; it may depend on what was found. */
  readonly change: readonly Command[] | ((found: unknown) => readonly Command[]);
  /** What only remaking it can change: without commands for that, somebody has to put it right by hand. */
  readonly fixed: Fields;
  readonly remake: readonly Command[];
  /** It is looked for in a list, which has it as its only entry, or is empty. */
  readonly inList: boolean;
  /** Before it is changed, what is new is tried out. */
  readonly trial?: Trial;
  /** What `down` runs; nothing for what goes with something else, or is not ours to take away. */
  readonly remove: readonly Command[];
  /** `down` leaves it, unless it is told to delete the data, too. */
  readonly holdsData: boolean;
  /** What shows that it is ours: `down` leaves anything else of this name to whoever made it. */
  readonly ours: Wants;
}

export type Scalar = string | number | boolean;
export type FieldValue = Scalar | readonly FieldValue[] | { readonly [name: string]: FieldValue };

/** What should be at each path. */
export type Fields = Readonly<Record<string, FieldValue>>;

export type Wants =
  /** Fields of what was found, by path; at the paths of `only` there is nothing else, and those of `like` look like that. */
  | {
      readonly kind: 'fields';
      readonly fields: Fields;
      readonly only?: readonly string[];
      readonly like?: Readonly<Record<string, Likeness>>;
    }
  /** Values in a list, at a path of each of its entries, or the entries themselves. */
  | {
      readonly kind: 'listed';
      readonly in?: string;
      readonly path: string;
      readonly values: readonly string[];
    }
  /** At least one entry in a list that has all these fields, or none. */
  | { readonly kind: 'entry'; readonly path?: string; readonly fields: Fields; readonly isAbsent?: true }
  /** A policy by which the member has the role. */
  | { readonly kind: 'bound'; readonly role: string; readonly member: string }
  /** A policy by which neither everybody nor any of these members has another role than those that are given. */
  | { readonly kind: 'none else'; readonly grants: readonly Given[]; readonly members: readonly string[] };

/** A form, where Google chooses the value; `said` is what it should be, in words. */
export interface Likeness {
  readonly form: RegExp;
  readonly said: string;
}

/** Who has a role. */
export interface Given {
  readonly role: string;
  readonly members: readonly string[];
  /** Nobody else may have it. */
  readonly exact: boolean;
}

/** A right: these members have this role on this resource. */
export interface Grant extends Given {
  readonly kind: 'grant';
  readonly title: string;
  /** What gcloud calls the resource, such as `pubsub topics`, and which one. */
  readonly noun: readonly string[];
  readonly name: string;
  readonly flags: readonly string[];
}

export function labelOf({ names }: Named): string {
  return `made-by=${names.mark}`;
}

type Named = { readonly names: Pick<Names, 'mark' | 'description'> };

/** For resources that carry labels. */
export function isLabelledOurs({ names }: Named): Wants {
  return { kind: 'fields', fields: { 'labels.made-by': names.mark } };
}

/** For resources that carry no labels. */
export function isDescribedOurs({ names }: Named): Wants {
  return { kind: 'fields', fields: { description: names.description } };
}

/** A list that is not empty. */
export const anyEntry: Wants = { kind: 'entry', fields: {} };

const nothing: Wants = { kind: 'fields', fields: {} };

/** A resource whose parts are only said where they are not the usual ones. */
export function resource(
  parts: Pick<CloudResource, 'title' | 'look' | 'create'> & Partial<Omit<CloudResource, 'kind'>>,
): CloudResource {
  return {
    kind: 'resource',
    wants: nothing,
    ours: nothing,
    change: parts.create,
    fixed: {},
    remake: [],
    inList: false,
    remove: [],
    holdsData: false,
    ...parts,
  };
}

/** What a step looks at before it does anything. */
export function lookOf(step: Step): Command {
  return step.kind === 'resource' ? step.look : policyCommand(step, 'get-iam-policy', ['--format=json']);
}

export function giveCommand(grant: Grant, member: string): Command {
  return policyCommand(grant, 'add-iam-policy-binding', bindingFlags(grant, member, '--condition=None'));
}

export function takeCommand(grant: Grant, member: string): Command {
  return policyCommand(grant, 'remove-iam-policy-binding', bindingFlags(grant, member, '--all'));
}

function policyCommand({ noun, name, flags }: Grant, verb: string, more: readonly string[]): Command {
  return gcloud(...noun, verb, name, ...flags, ...more);
}

/** These know no conditions; of others, gcloud asks which one is meant where there are some. */
const unconditional = ['pubsub topics', 'pubsub subscriptions', 'run jobs'];

function bindingFlags({ noun, role }: Grant, member: string, conditions: string): readonly string[] {
  const more = unconditional.includes(noun.join(' ')) ? [] : [conditions];
  return [`--member=${member}`, `--role=${role}`, ...more, '--format=none'];
}

/** A new revision of a service of Cloud Run that gets a small share of the requests first. */
export interface Trial {
  /** The service of Cloud Run. */
  readonly name: string;
  readonly region: string;
  readonly minutes: number;
}
