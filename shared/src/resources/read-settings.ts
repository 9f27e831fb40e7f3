import { z } from 'zod';

/** The process cannot start as it is configured. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Checks the environment against a schema; the error is one line that names every variable that is wrong. */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  environment: NodeJS.ProcessEnv,
): z.output<Schema> {
  // A variable set to nothing is a variable that somebody forgot to fill in.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return given[name] === undefined ? `${name} is missing` : `${name} is malformed (${message})`;
  });
  throw new SettingsError(
    `The environment is not complete: ${[...new Set(wrong)].join('; ')}. See env-vars.example.yaml.`,
  );
}

// The forms that variables have, whoever needs them.

export const text = z.string().min(1);
export const port = z.coerce.number().int().min(1).max(65_535);
export const count = z.coerce.number().int().min(1);
export const share = z.coerce.number().min(0).max(1);
export const words = (list: string): readonly string[] => list.split(/[\s,]+/).filter(word => word !== '');
