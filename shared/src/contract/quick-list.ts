import { z } from 'zod';

/** Whoever sends a list of nothing but errors is told of the first few, and nobody works on the rest. */
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
  return z
    .custom<Item[]>()
    .transform((list: unknown, context): Item[] => {
      if (Array.isArray(list) && list.length > 0) {
        return isInOrder(list) ? list : readItems(list, schema, context);
      }
      const parsed = schema.safeParse(list);
      if (parsed.success) return parsed.data;
      tell(parsed.error.issues, [], context);
      return z.NEVER;
    })
    .meta(described);
}

function readItems<Item>(
  list: readonly unknown[],
  schema: z.ZodArray<z.ZodType<Item>>,
  context: z.RefinementCtx,
): Item[] {
  const items: Item[] = [];
  let problems = 0;
  for (const [place, given] of list.entries()) {
    const parsed = schema.element.safeParse(given);
    if (parsed.success) items.push(parsed.data);
    else problems += tell(parsed.error.issues, [place], context);
    if (problems >= mostProblems) break;
  }
  return problems > 0 ? z.NEVER : items;
}

function tell(
  issues: readonly z.core.$ZodIssue[],
  at: readonly PropertyKey[],
  context: z.RefinementCtx,
): number {
  for (const { path, message } of issues) {
    context.addIssue({ code: 'custom', path: [...at, ...path], message, continue: false });
  }
  return issues.length;
}

function never(_list: readonly unknown[]): _list is never[] {
  return false;
}
