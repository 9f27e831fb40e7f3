import { yesNoIn } from './cell.ts';
import type { ColumnProfile } from './column-profile.ts';
import { alike } from './declaration.ts';

// What is made of a column whose values have gone by: the rules, each with what it says for itself. A doubt is told,
// since the person who has the table can settle it by changing one word of the declaration.

export type InferredKind =
  | { readonly kind: 'number'; readonly doubt?: string }
  | { readonly kind: 'category'; readonly unknown: 'refuse' | 'accept'; readonly doubt?: string }
  | { readonly kind: 'yes-no' }
  | { readonly kind: 'left out'; readonly reason: string };

const mostCategories = 100;
/** So many of a column's values may be errors; with more of them, it is another kind of column. */
const mostlyNumbers = 0.99;
const mostlyDates = 0.95;
/** A declaration holds no longer category, and no longer class. */
const longestValue = 100;
const namesRows = /^(id|index|idx|row|nr|no|number|unnamed: 0|column 1|.*[_ ]id)$/;

export function inferKind(column: ColumnProfile): InferredKind {
  const { present, numbers, dates } = column;
  if (present === 0) return leftOut('empty');
  if (column.distinct === 1 && column.missing === 0) return leftOut(`always ${shortened(column.first)}`);
  if (dates >= mostlyDates * present || isDateNumber(column))
    return leftOut('dates: add what matters of them, such as the year or the weekday, as columns');
  if (numbers === present || (numbers >= mostlyNumbers * present && present - numbers < numbers))
    return judgeNumbers(column);
  if (column.isYesNo()) return { kind: 'yes-no' };
  return judgeTexts(column);
}

function leftOut(reason: string): InferredKind {
  return { kind: 'left out', reason };
}

function isDateNumber({ header, present, whole, min, max }: ColumnProfile): boolean {
  return whole === present && min >= 1900_01_01 && max <= 2199_12_31 && /date|day|datum/i.test(header);
}

function judgeNumbers(column: ColumnProfile): InferredKind {
  const { present, whole, distinct, firstText } = column;
  const isWhole = whole === present;
  const isUnique = distinct === present || distinct === Number.POSITIVE_INFINITY;
  if (isWhole && isUnique && present > 2 && column.counts) return leftOut('only numbers the rows');
  if (isWhole && isUnique && namesRows.test(alike(column.header)))
    return leftOut('an id: every row has another one');
  if (firstText) {
    const doubt = `${noNumbers(column)} in line ${firstText.line}; such rows are left out`;
    return { kind: 'number', doubt };
  }
  if (column.inexact > 0) {
    const doubt = `whole numbers beyond ${Number.MAX_SAFE_INTEGER}, which lose their last digits: if they are ids, leave the column out`;
    return { kind: 'number', doubt };
  }
  if (column.ambiguous > 2 && column.ambiguous * 2 > present) {
    const doubt = 'a point in them is read as that before decimals; if it separates thousands, take it out';
    return { kind: 'number', doubt };
  }
  if (isWhole && distinct > 2 && distinct <= 10 && distinct * 10 <= present) {
    return {
      kind: 'number',
      doubt: 'taken for numbers, but so few of them may be codes: if they are, write kind: category',
    };
  }
  return { kind: 'number' };
}

function judgeTexts(column: ColumnProfile): InferredKind {
  const { present, numbers, distinct, values, firstText, spaced, longest, writtenNumbers } = column;
  if (writtenNumbers > 0 && writtenNumbers + numbers >= mostlyNumbers * present)
    return leftOut(
      `numbers such as "${firstText?.text}" in line ${firstText?.line}: write them without separated thousands, with a decimal point, and without other signs`,
    );
  if (distinct <= mostCategories && distinct * 2 <= present && longest <= longestValue) {
    const isOpen = Array.from(values?.values() ?? []).some(({ rows }) => rows === 1);
    const unknown = isOpen ? 'accept' : 'refuse';
    if (isOpen)
      return {
        kind: 'category',
        unknown,
        doubt: 'some of its values occur once, so others are expected: unknown: accept',
      };
    return numbers > 0
      ? {
          kind: 'category',
          unknown,
          doubt: `mixes numbers and text, such as "${firstText?.text}" in line ${firstText?.line}`,
        }
      : { kind: 'category', unknown };
  }
  if (numbers * 2 > present)
    return leftOut(
      `mixes numbers and text: ${noNumbers(column)} in line ${firstText?.line}. Correct them, or leave their cells empty`,
    );
  if (spaced * 2 > present || longest > 40) return leftOut('free text');
  if (distinct === present) return leftOut('every row has another value, as an id or a name');
  const many = distinct === Number.POSITIVE_INFINITY ? 'more than 1000' : distinct;
  return leftOut(`${many} different values: too many for categories; group them first`);
}

function noNumbers({ present, numbers, firstText }: ColumnProfile): string {
  const others = present - numbers;
  return `${others} of its values ${others === 1 ? 'is' : 'are'} no number, the first "${shortened(firstText?.text)}"`;
}

const mostClasses = 200;
const usualLabels = ['class', 'label', 'target', 'outcome', 'response', 'y'];

/** The columns that could be the label: few values, each in several rows. */
export function labelCandidates(columns: readonly ColumnProfile[]): ColumnProfile[] {
  return columns.filter(column => {
    const { distinct, present, numbers, whole, dates } = column;
    if (distinct < 2 || dates > 0 || distinct * 2 > present) return false;
    const isSmall = numbers === 0 ? distinct <= mostCategories : whole === numbers && distinct <= 20;
    return isSmall && labelProblem(column) === undefined;
  });
}

/** The columns that people call what is to be told, the likeliest first: a "y" may also be a coordinate. */
export function columnsCalledLabel(columns: readonly ColumnProfile[]): ColumnProfile[] {
  return usualLabels.flatMap(name => columns.filter(({ header }) => alike(header) === name));
}

/** The label where it is clear which column it is, with the reason; undefined where a person must say. */
export function clearLabel(
  columns: readonly ColumnProfile[],
): { readonly column: ColumnProfile; readonly reason: string } | undefined {
  const called = columnsCalledLabel(columns);
  const possible = called.filter(column => labelProblem(column) === undefined);
  // What is wrong with one that is meant is said of it; amounts may be something else.
  const [usual, ...more] = possible.length > 0 ? possible : called.filter(column => !isMeasure(column));
  if (usual) return more.length > 0 ? undefined : { column: usual, reason: 'by its name' };
  if (called.length > 0) return undefined;
  const candidates = labelCandidates(columns);
  const [text, ...texts] = candidates.filter(({ numbers }) => numbers === 0);
  const isAtAnEnd = (column: ColumnProfile) => column === columns.at(-1) || column === columns[0];
  if (text)
    return texts.length === 0 && isAtAnEnd(text)
      ? { column: text, reason: 'the only text with few values' }
      : undefined;
  const [last] = candidates;
  return last && candidates.length === 1 && last === columns.at(-1)
    ? { column: last, reason: 'the only column with few values' }
    : undefined;
}

/** Classes in the order of their numbers: no before yes, numbers ascending, all others by the alphabet. */
export function classesOf(column: ColumnProfile): string[] {
  const values = column.sortedValues();
  if (!column.isYesNo()) return values;
  return values.sort((a, b) => Number(yesNoIn(a) ?? false) - Number(yesNoIn(b) ?? false));
}

/** Why a column cannot be the label, with what to do about it. */
export function labelProblem(column: ColumnProfile): string | undefined {
  const { header, distinct, longest, values } = column;
  if (isMeasure(column))
    return `"${header}" has ${amount(distinct)} different numbers: cut it into classes first, such as low and high, since amounts are not estimated.`;
  if (distinct > mostClasses)
    return `"${header}" has ${amount(distinct)} different values: at most ${mostClasses} classes can be told apart.`;
  if (longest > longestValue)
    return `"${header}" has values of more than ${longestValue} characters: that is free text, and no class.`;
  if (distinct < 2)
    return `"${header}" has only one class${column.first ? `, "${column.first}"` : ''}: rows of another one are needed to tell them apart.${missingClass(column)}`;
  const twins = likeTwins(Array.from(values ?? []));
  if (twins) return `"${header}" has ${twins}, which differ in capitals alone: write them alike.`;
  const [lone, ...others] = Array.from(values ?? []).filter(([, { rows }]) => rows < 2);
  if (!lone) return undefined;
  const [value, { line }] = lone;
  const more = others.length > 0 ? `, and so it is with ${others.length} more` : '';
  return `"${header}" has the class "${value}" in one row only (line ${line})${more}: a class needs two rows at least. Add rows of it, or take it out.`;
}

/** What is to be said where a class may be called as people call what is missing. */
export function missingClass({ missingWords }: ColumnProfile): string {
  const words = [...missingWords].filter(word => word !== '').map(word => `"${word}"`);
  if (words.length === 0) return '';
  return words.length === 1
    ? ` ${words[0]} is read as missing: if it is a class, call it otherwise.`
    : ` ${words.join(' and ')} are read as missing: if they are classes, call them otherwise.`;
}

function isMeasure({ distinct, numbers, present, whole }: ColumnProfile): boolean {
  return numbers === present && distinct > 20 && (whole < numbers || distinct * 2 > present);
}

/** Two values that a spreadsheet's reader would take for one. */
function likeTwins(values: readonly (readonly [string, { readonly line: number }])[]): string | undefined {
  const first = new Map<string, string>();
  for (const [value, { line }] of values) {
    const said = `"${value}" (line ${line})`;
    const twin = first.get(alike(value));
    if (twin !== undefined) return `${twin} and ${said}`;
    first.set(alike(value), said);
  }
  return undefined;
}

function shortened(text = ''): string {
  return text.length <= longestValue ? text : `${text.slice(0, longestValue)}…`;
}

function amount(distinct: number): string {
  return distinct === Number.POSITIVE_INFINITY ? 'more than 1000' : String(distinct);
}
