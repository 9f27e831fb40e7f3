import { z } from 'zod';

/**
 * A schema for long lists that takes and refuses what `schema` does, and says the same of it. The library walks through
 * each item by its own rules, which for a thousand notes takes as long as to parse them; most lists are in order, and
 * `isInOrder` sees that at a glance.
 */
export function quickList<Item>(
  schema: z.ZodType<Item[], Item[]>,
  isInOrder: (list: readonly unknown[]) => boolean,
): z.ZodType<Item[], Item[]> {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { unrepresentable: 'any' });
  return z
    .custom<Item[]>()
    .superRefine((list, context) => {
      if (Array.isArray(list) && isInOrder(list)) return;
      for (const { path, message } of schema.safeParse(list).error?.issues ?? []) {
        context.addIssue({ code: 'custom', path: [...path], message, continue: false });
      }
    })
    .meta(described);
}
