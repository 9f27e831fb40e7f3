import { notOffered } from './rpc-error.ts';

/** Refuses what a caller asks for and would not get, instead of leaving it out in silence. */
export function refuseOptions<Options extends object>(
  options: Options,
  refused: Readonly<Partial<Record<keyof Options, string>>>,
): void {
  for (const option in refused) {
    const description = refused[option];
    if (description !== undefined && isSet(options[option])) throw notOffered(description);
  }
}

function isSet(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0 || !isPlain(value);
  return Boolean(value);
}

/** An empty map or list is an option left out; an empty protocol message is one that was chosen. */
function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}
