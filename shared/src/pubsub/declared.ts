import { createHash } from 'node:crypto';
import { z } from 'zod';
import { classNames } from '../contract/classes.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { type EarlierFeature, placesOfClasses, placesOfFeatures } from '../data-set/descent.ts';
import { perDataSet } from '../data-set/per-data-set.ts';

// While a deployment brings a changed declaration, instances of the old one and of the new one get each other's messages.
// So each message says, in attributes, by which declaration it was written: rows travel as lists, and mean nothing without it.

const declared = z.object({
  columns: z.array(z.string()),
  /** What features are called, by their places, where that is not what their columns are. Earlier instances do not say. */
  names: z.record(z.string(), z.string()).optional(),
  classes: z.array(z.string()),
  /** A hash of all that decides whether a row is taken. */
  rules: z.string(),
});
type Declared = z.infer<typeof declared>;

/** Of a declaration that is too long for attributes, only which one it is. */
const onlyHash = z.object({ hash: z.string() });

const attribute = 'declaration';
/** Pub/Sub takes 100 attributes of 1024 bytes; room is left for the others. */
const pieceLength = 1_000;
const mostPieces = 70;

/** What says by which declaration a message was written. */
export const declarationAttributes = perDataSet((dataSet): Readonly<Record<string, string>> => {
  const text = asAscii(JSON.stringify(declaredBy(dataSet)));
  const pieces = Math.ceil(text.length / pieceLength);
  if (pieces > mostPieces) return { [attribute]: JSON.stringify({ hash: hashOf(text) }) };
  return Object.fromEntries(
    Array.from({ length: pieces }, (_, i) => [
      pieceName(i),
      text.slice(i * pieceLength, (i + 1) * pieceLength),
    ]),
  );
});

function declaredBy(dataSet: DataSet): Declared {
  const { features } = dataSet;
  return {
    columns: features.map(({ column }) => column),
    names: Object.fromEntries(
      features.flatMap(({ name, column }, i) => (name === column ? [] : [[i, name]])),
    ),
    classes: [...classNames(dataSet)],
    rules: rulesOf(dataSet),
  };
}

function pieceName(piece: number): string {
  return piece === 0 ? attribute : `${attribute}-${piece + 1}`;
}

export function isOfDeclaration(name: string): boolean {
  return name === attribute || name.startsWith(`${attribute}-`);
}

function rulesOf({ features }: DataSet): string {
  const rules = features.map(
    ({ name: _name, csv: _csv, hint: _hint, example: _example, was: _was, ...rule }) => rule,
  );
  return hashOf(JSON.stringify(rules));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** So that a piece is as many bytes as characters. */
function asAscii(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Makes the content of a message that was written by another declaration what it would be by this one, as far as that can
 * be told; undefined for a message by the same declaration, or by a program that says nothing of it. Throws where it
 * cannot be told at all.
 */
export function translatorOf(
  dataSet: DataSet,
  attributes: Readonly<Record<string, string>>,
): ((content: unknown) => unknown) | undefined {
  const own = declarationAttributes(dataSet);
  if (attributes[attribute] === undefined) return undefined;
  if (Object.entries(own).every(([name, text]) => attributes[name] === text)) return undefined;
  const content = contentOf(attributes);
  if (onlyHash.safeParse(content).success) return refuseTooLong;
  const { data } = declared.safeParse(content);
  return data && (message => translate(dataSet, data, message));
}

function refuseTooLong(): never {
  throw new Error('That declaration is too long to be told in attributes.');
}

function contentOf(attributes: Readonly<Record<string, string>>): unknown {
  const pieces: string[] = [];
  for (let text = attributes[attribute]; text !== undefined; text = attributes[pieceName(pieces.length)])
    pieces.push(text);
  try {
    return JSON.parse(pieces.join(''));
  } catch {
    return undefined;
  }
}

/** By names where they are told: a column may have passed from one feature to another. */
function earlierFeatures({ columns, names }: Declared): readonly EarlierFeature[] {
  return columns.map((column, i) => ({ column, ...(names && { name: names[i] ?? column }) }));
}

function translate(dataSet: DataSet, earlier: Declared, content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const message: Record<string, unknown> = { ...content };
  const { columns, classes } = earlier;
  const places = placesOfFeatures(dataSet, earlierFeatures(earlier));
  for (const name of ['features', 'input'])
    eachOf(message, name, row => (isListOf(row, columns.length) ? rowNow(dataSet, places, row) : row));
  const numbers = placesOfClasses(dataSet, classes);
  const nameNow = (value: unknown): unknown =>
    typeof value === 'string' ? (classNames(dataSet)[numbers[classes.indexOf(value)] ?? -1] ?? value) : value;
  for (const name of ['output', 'labels']) eachOf(message, name, nameNow);
  // Of a class that is not known here no share may get lost: then the message stays as it is, and does not fit.
  if (numbers.every(number => number >= 0)) sharesNow(dataSet, numbers, message);
  return message;
}

function eachOf(message: Record<string, unknown>, name: string, change: (one: unknown) => unknown): void {
  const list = message[name];
  if (Array.isArray(list)) message[name] = list.map(change);
}

function isListOf(value: unknown, length: number): value is readonly unknown[] {
  return Array.isArray(value) && value.length === length;
}

/** A value of a feature that is not known here stays at the end, where it makes the row one that does not fit. */
function rowNow({ features }: DataSet, places: readonly number[], row: readonly unknown[]): unknown[] {
  const now: unknown[] = features.map(({ fill }) => fill ?? null);
  for (const [i, place] of places.entries()) now[place < 0 ? now.length : place] = row[i];
  return now;
}

/** What models said, for the classes of now; a class that the sender did not know has the probability 0. */
function sharesNow(dataSet: DataSet, numbers: readonly number[], message: Record<string, unknown>): void {
  const { scores, probabilities } = message;
  const given: unknown = Array.isArray(scores)
    ? scores.map(share => [1 - Number(share), share])
    : probabilities;
  if (!Array.isArray(given) || !given.every(shares => isListOf(shares, numbers.length))) return;
  const now = given.map((shares: readonly unknown[]) => {
    const all: unknown[] = classNames(dataSet).map(() => 0);
    for (const [i, number] of numbers.entries()) all[number] = shares[i];
    return all;
  });
  for (const name of ['scores', 'probabilities']) delete message[name];
  if (classNames(dataSet).length === 2) message.scores = now.map(([, second]) => second);
  else message.probabilities = now;
}
