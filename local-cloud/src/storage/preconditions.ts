import { z } from 'zod';
import { conditionNotMet, invalid, notModified } from './storage-error.ts';

const version = z.coerce.number().int().nonnegative().optional();

export const preconditionsSchema = z.object({
  ifGenerationMatch: version,
  ifGenerationNotMatch: version,
  ifMetagenerationMatch: version,
  ifMetagenerationNotMatch: version,
});

export type Preconditions = z.infer<typeof preconditionsSchema>;

interface Versions {
  readonly generation: number;
  readonly metageneration: number;
}

const absent: Versions = { generation: 0, metageneration: 0 };

/** What a copy asks of the object that it is made of: ifSourceGenerationMatch and its kin. */
export function parseSourcePreconditions(query: URLSearchParams): Preconditions {
  const ofSource = [...query].flatMap(([name, value]) =>
    name.startsWith('ifSource') ? [[name.replace('Source', ''), value]] : [],
  );
  return parse(Object.fromEntries(ofSource));
}

export function parsePreconditions(query: URLSearchParams): Preconditions {
  return parse(Object.fromEntries(query));
}

function parse(conditions: Readonly<Record<string, string>>): Preconditions {
  const parsed = preconditionsSchema.safeParse(conditions);
  if (parsed.success) return parsed.data;
  throw invalid(
    `The precondition ${parsed.error.issues[0]?.path.join('.')} is not a number. Send a generation number.`,
  );
}

/** Refuses to change an object that is not as the caller expects it. Generation 0 means that there is none. */
export function checkForWrite(
  conditions: Preconditions,
  { generation, metageneration }: Versions = absent,
): void {
  const { ifGenerationMatch, ifGenerationNotMatch, ifMetagenerationMatch, ifMetagenerationNotMatch } =
    conditions;
  const holds =
    (ifGenerationMatch ?? generation) === generation &&
    (ifMetagenerationMatch ?? metageneration) === metageneration &&
    ifGenerationNotMatch !== generation &&
    ifMetagenerationNotMatch !== metageneration;
  if (!holds) throw conditionNotMet();
}

/** Like the check for a write, but what the caller has already got is no failure. */
export function checkForRead(conditions: Preconditions, current: Versions): void {
  const { ifGenerationNotMatch, ifMetagenerationNotMatch, ...matches } = conditions;
  checkForWrite(matches, current);
  const known =
    ifGenerationNotMatch === current.generation || ifMetagenerationNotMatch === current.metageneration;
  if (known) throw notModified();
}
