import { invalidArgument } from './rpc-error.ts';

/** What an update may change: the path in the field mask, and the field that it stands for. */
export type Updatable<Fields> = Readonly<Record<string, keyof Fields>>;

/** The present fields, with those that the mask names taken from the update. */
export function applyFieldMask<Fields extends object>(
  present: Fields,
  update: Fields,
  paths: readonly string[],
  updatable: Updatable<Fields>,
): Fields {
  if (paths.length === 0) throw invalidArgument('The update_mask is empty. Name the fields to change.');
  const merged = { ...present };
  // JSON spells the paths in camel case.
  for (const path of paths.map(inSnakeCase)) {
    const field = updatable[path];
    if (field === undefined) {
      throw invalidArgument(
        `The field "${path}" in update_mask cannot be changed. Choose from ${Object.keys(updatable).join(', ')}.`,
      );
    }
    merged[field] = update[field];
  }
  return merged;
}

function inSnakeCase(path: string): string {
  return path.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
}
