import type { IncomingHttpHeaders } from 'node:http';
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

/** How reads by the XML API are told: `x-goog-if-generation-match`. */
export function parseHeaderPreconditions(headers: IncomingHttpHeaders): Preconditions {
  return parse({
    ...headerCondition(headers, 'ifGenerationMatch', 'x-goog-if-generation-match'),
    ...headerCondition(headers, 'ifMetagenerationMatch', 'x-goog-if-metageneration-match'),
  });
}

function headerCondition(headers: IncomingHttpHeaders, name: keyof Preconditions, header: string) {
  const value = headers[header];
  return typeof value === 'string' ? { [name]: value } : {};
}

/** `If-Match` and `If-None-Match`, as browsers and caches send them. */
export function checkEntityTag(headers: IncomingHttpHeaders, current: string): void {
  const { 'if-match': wanted, 'if-none-match': known } = headers;
  if (wanted !== undefined && !namesTag(wanted, current)) throw conditionNotMet();
  if (known !== undefined && namesTag(known, current)) throw notModified();
}

function namesTag(header: string, tag: string): boolean {
  return header.split(',').some(named => ['*', tag].includes(named.trim().replace(/^(?:W\/)?"(.*)"$/, '$1')));
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
