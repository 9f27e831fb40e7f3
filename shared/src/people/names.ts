/** The fields of messages in which people stand; a subject or a value of that name is somebody's item, and not a person. */
const ofPeople: ReadonlySet<string> = new Set(['reviewer', 'by', 'made_by', 'submitted_by', 'why', 'reason']);

/** Whether a message names a person. What cannot be read can never be processed: there any place counts. */
export function isNamedIn(person: string, message: string): boolean {
  const name = ownName(person);
  try {
    return textsOfPeople(JSON.parse(message)).some(text => name.test(text));
  } catch {
    return name.test(message);
  }
}

function textsOfPeople(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    typeof part === 'string' ? (ofPeople.has(key) ? [part] : []) : textsOfPeople(part),
  );
}

/** The name where it stands by itself, and not as part of a longer one: as `with_other_name` of the database has it. */
function ownName(name: string): RegExp {
  const quoted = name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
  return new RegExp(
    String.raw`(?<![\p{L}\p{N}_@]|[\p{L}\p{N}][.+-]|sub:)${quoted}(?![\p{L}\p{N}_@]|[.+-][\p{L}\p{N}])`,
    'u',
  );
}
