import { z } from 'zod';
import type { Grant, Scalar, Wants } from './step.ts';

const policy = z.object({
  bindings: z.array(z.object({ role: z.string(), members: z.array(z.string()).default([]) })).default([]),
});

/** What is wrong with what was found, in words; nothing where it is as it should be. */
export function faultsOf(found: unknown, wants: Wants): readonly string[] {
  switch (wants.kind) {
    case 'fields':
      return Object.entries(wants.fields).flatMap(([path, wanted]) => fieldFault(found, path, wanted));
    case 'listed': {
      const there = new Set(listOf(found).map(entry => String(at(entry, wants.path))));
      return wants.values.filter(value => !there.has(value)).map(value => `${value} is missing`);
    }
    case 'entry': {
      const fits = (entry: unknown): boolean => faultsOf(entry, { ...wants, kind: 'fields' }).length === 0;
      const fields = Object.entries(wants.fields).map(([path, value]) => `${path} ${value}`);
      return listOf(found).some(fits) ? [] : [`there is none ${fields.join(', ')}`.trimEnd()];
    }
  }
}

/** Who lacks the right, who has it, and who has it but should not. */
export function membersOf(
  found: unknown,
  { role, members, exact }: Pick<Grant, 'role' | 'members' | 'exact'>,
) {
  const bindings = policy.parse(found ?? {}).bindings.filter(binding => binding.role === role);
  const given = new Set(bindings.flatMap(binding => binding.members));
  return {
    missing: members.filter(member => !given.has(member)),
    present: members.filter(member => given.has(member)),
    surplus: exact ? [...given].filter(member => !members.includes(member)) : [],
  };
}

/** The value at a dotted path. */
export function at(found: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  }, found);
}

function fieldFault(found: unknown, path: string, wanted: Scalar): readonly string[] {
  const value = at(found, path);
  // The APIs leave out what has its default: no, none or zero.
  const isDefault = value === undefined && (wanted === 0 || wanted === false || wanted === '');
  if (isDefault || String(value) === String(wanted)) return [];
  return [`${path} is ${value === undefined ? 'not set' : String(value)}, and should be ${wanted}`];
}

function listOf(found: unknown): readonly unknown[] {
  return Array.isArray(found) ? found : [];
}
