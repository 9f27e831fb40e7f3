import { z } from 'zod';

/** Whoever sends a list of nothing but errors gets the first few of them, and nobody works on the rest. */
const mostProblems = 3;

/**
 * A schema for long lists that takes and refuses what `schema` does, and says the same of the first few items that it
 * refuses. The library walks through each item by its own rules, which for a thousand notes takes as long as to parse
 * them, and makes an error of every item that is wrong, which for a few megabytes are gigabytes. Most lists are in order,
 * and `isInOrder` sees that at a glance. Of the list as a whole `schema` may ask only that it is not empty.
 */
export function quickList<Item>(
  schema: z.ZodArray<z.ZodType<Item>>,
  isInOrder: (list: readonly unknown[]) => list is Item[] = never,
): z.ZodType<Item[], Item[]> {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return (
    z
      .custom<Item[]>()
      // Not a transform, which makes two schemas of one: that costs a small message as much as all its values do.
      .check(payload => {
        const list: unknown = payload.value;
        if (Array.isArray(list) && list.length > 0) {
          if (!isInOrder(list)) payload.value = readItems(list, schema, payload.issues);
          return;
        }
        const parsed = schema.safeParse(list);
        if (parsed.success) payload.value = parsed.data;
        else addIssues(parsed.error.issues, [], payload.issues);
      })
      .meta(described)
  );
}

function readItems<Item>(
  list: readonly unknown[],
  schema: z.ZodArray<z.ZodType<Item>>,
  issues: z.core.$ZodRawIssue[],
): Item[] {
  const items: Item[] = [];
  let problems = 0;
  for (const [place, given] of list.entries()) {
    const parsed = schema.element.safeParse(given);
    if (parsed.success) items.push(parsed.data);
    else problems += addIssues(parsed.error.issues, [place], issues);
    if (problems >= mostProblems) break;
  }
  return items;
}

function addIssues(
  found: readonly z.core.$ZodIssue[],
  at: readonly PropertyKey[],
  issues: z.core.$ZodRawIssue[],
): number {
  for (const { path, message } of found) {
    issues.push({ code: 'custom', path: [...at, ...path], message, input: undefined, continue: false });
  }
  return found.length;
}

function never(_list: readonly unknown[]): _list is never[] {
  return false;
}
