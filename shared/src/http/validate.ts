import type { z } from 'zod';
import { formatPath } from '../base/errors.ts';
import { HttpError } from './http-error.ts';

/** The value as its schema has it, or a 400 that names the first thing wrong with it and where it stands. */
export function validate(schema: z.ZodType | undefined, value: unknown): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { message, path } = mostTelling(parsed.error.issues, []);
  throw new HttpError(400, message, { field: formatPath(path) });
}

interface Problem {
  readonly message: string;
  readonly path: readonly PropertyKey[];
}

/** "Invalid input" helps nobody: of the forms that a value may have, the caller meant the one with the fewest problems. */
function mostTelling(issues: readonly z.core.$ZodIssue[], at: readonly PropertyKey[]): Problem {
  const [first] = issues;
  if (!first) return { message: 'The request does not fit its schema.', path: at };
  const path = [...at, ...first.path];
  if (first.code !== 'invalid_union' || first.errors.length === 0) return { message: first.message, path };
  const [closest] = first.errors.toSorted((a, b) => a.length - b.length);
  return mostTelling(closest ?? [], path);
}
