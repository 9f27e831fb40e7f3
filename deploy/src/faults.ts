import { z } from 'zod';
import type { Fields, FieldValue, Given, Likeness, Wants } from './step.ts';

const policy = z.object({
  bindings: z
    .array(
      z.object({
        role: z.string(),
        members: z.array(z.string()).default([]),
        condition: z.unknown().optional(),
      }),
    )
    .default([]),
});

/** What is wrong with what was found, in words; nothing where it is as it should be. */
export function faultsOf(found: unknown, wants: Wants): readonly string[] {
  switch (wants.kind) {
    case 'fields':
      return [
        ...fieldFaults(found, wants.fields),
        ...surplusFaults(found, wants.fields, wants.only ?? []),
        ...formFaults(found, wants.like ?? {}),
      ];
    case 'listed': {
      const entries = listOf(wants.in === undefined ? found : at(found, wants.in));
      const there = new Set(entries.map(entry => String(wants.path === '' ? entry : at(entry, wants.path))));
      return wants.values.filter(value => !there.has(value)).map(value => `${value} is missing`);
    }
    case 'entry': {
      const fields = Object.entries(wants.fields).map(([path, value]) => `${path} ${text(value)}`);
      const fits = (entry: unknown): boolean => fieldFaults(entry, wants.fields).length === 0;
      const entries = listOf(wants.path === undefined ? found : at(found, wants.path));
      const description = fields.join(', ');
      if (wants.isAbsent) return entries.some(fits) ? [`there should be none ${description}`] : [];
      return entries.some(fits) ? [] : [`there is none ${description}`.trimEnd()];
    }
    case 'bound': {
      const { role, member } = wants;
      const { missing } = membersOf(found, { role, members: [member], exact: false });
      return missing.map(one => `${one} lacks ${role}`);
    }
    case 'none else':
      return othersIn(found, wants).map(({ role, member }) => `${member} has ${role}, and should not`);
  }
}

const everybody = ['allUsers', 'allAuthenticatedUsers'];

/** Who of those who are looked for, and of everybody, has a role that nobody has given them; of exact ones the grant itself says so. */
export function othersIn(found: unknown, { grants, members }: Pick<NoneElse, 'grants' | 'members'>) {
  const lookedFor = [...everybody, ...members];
  return policy.parse(found ?? {}).bindings.flatMap(({ role, members: holders }) => {
    const given = grants.filter(grant => grant.role === role);
    if (given.some(({ exact }) => exact)) return [];
    const allowed = given.flatMap(grant => grant.members);
    return holders
      .filter(member => lookedFor.includes(member) && !allowed.includes(member))
      .map(member => ({ role, member }));
  });
}

type NoneElse = Extract<Wants, { readonly kind: 'none else' }>;

/** Who lacks the right, who has it, and who has it but should not. */
export function membersOf(found: unknown, { role, members, exact }: Given) {
  const bindings = policy.parse(found ?? {}).bindings.filter(binding => binding.role === role);
  const given = new Set(bindings.flatMap(binding => binding.members));
  // Under a condition somebody has a right at times.
  const always = new Set(bindings.filter(one => !one.condition).flatMap(binding => binding.members));
  return {
    missing: members.filter(member => !always.has(member)),
    present: members.filter(member => given.has(member)),
    surplus: exact ? [...given].filter(member => !members.includes(member)) : [],
  };
}

/** The value at a dotted path, or under a name that itself has dots; an entry of a list goes by its place or name. */
export function at(found: unknown, path: string): unknown {
  if (typeof found === 'object' && found !== null && path in found) return Reflect.get(found, path);
  return path.split('.').reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)] ?? value.find(one => at(one, 'name') === name);
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }, found);
}

/** What is at each path, but should be something else. */
function fieldFaults(found: unknown, fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([path, wanted]) => valueFaults(path, at(found, path), wanted));
}

/** Lists are compared entry by entry; of an object, only what is wanted is. */
function valueFaults(path: string, value: unknown, wanted: FieldValue): readonly string[] {
  if (Array.isArray(wanted)) {
    const there = listOf(value);
    return wanted.length === there.length
      ? wanted.flatMap((one, i) => valueFaults(`${path}.${i}`, there[i], one))
      : [`${path} has ${there.length} entries, and should have ${wanted.length}`];
  }
  if (typeof wanted === 'object')
    return Object.entries(wanted).flatMap(([name, one]) =>
      valueFaults(`${path}.${name}`, at(value, name), one),
    );
  // The APIs leave out what has its default: no, none or zero.
  const isDefault = value === undefined && (wanted === 0 || wanted === false || wanted === '');
  if (isDefault || plain(value) === plain(wanted)) return [];
  return [`${path} is ${value === undefined ? 'not set' : text(value)}, and should be ${text(wanted)}`];
}

function surplusFaults(found: unknown, fields: Fields, only: readonly string[]): readonly string[] {
  return only.flatMap(path => {
    const wanted = Object.keys(Object(fields[path]));
    return entriesOf(at(found, path))
      .filter(([name]) => !wanted.includes(name))
      .map(([name, value]) => `${path}.${name} is ${text(value)}, and should not be set`);
  });
}

function formFaults(found: unknown, like: Readonly<Record<string, Likeness>>): readonly string[] {
  return Object.entries(like).flatMap(([path, { form, said }]) => {
    const value = at(found, path);
    if (value !== undefined && form.test(String(value))) return [];
    return [`${path} is ${value === undefined ? 'not set' : text(value)}, and should be ${said}`];
  });
}

/** Entries of a list go by their names. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return Array.isArray(value)
    ? value.map(one => [String(at(one, 'name')), at(one, 'value')] as const)
    : Object.entries(Object(value));
}

/**
 * A thousand thousandths of a processor are one, what is meant is the same under each address of an API, and blanks in
 * JSON mean nothing.
 */
function plain(value: unknown): string {
  const text = String(value)
    .replace(/^(\d+)000m$/, '$1')
    .replace(/^https:\/\/[\w.]+\.googleapis\.com\/(compute\/)?\w+\/(?=projects\/)/, '');
  return /^\[\{.*\}\]$/.test(text) ? JSON.stringify(JSON.parse(text)) : text;
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function listOf(found: unknown): readonly unknown[] {
  return Array.isArray(found) ? found : [];
}
