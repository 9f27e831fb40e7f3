import { z } from 'zod';

/**
 * A schema for long lists that takes and refuses what `schema` does, and says the same of it. The library walks through
 * each item by its own rules, which for a thousand notes takes as long as to parse them; most lists are in order, and
 * `isInOrder` sees that at a glance.
 */
export function quickList<Item>(
  schema: z.ZodType<Item[]>,
  isInOrder: (list: readonly unknown[]) => list is Item[],
): z.ZodType<Item[], Item[]> {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return z
    .custom<Item[]>()
    .transform((list: unknown, context): Item[] => {
      if (Array.isArray(list) && isInOrder(list)) return list;
      const parsed = schema.safeParse(list);
      if (parsed.success) return parsed.data;
      for (const { path, message } of parsed.error.issues) {
        context.addIssue({ code: 'custom', path: [...path], message, continue: false });
      }
      return z.NEVER;
    })
    .meta(described);
}
