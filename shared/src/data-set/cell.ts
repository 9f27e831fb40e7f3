import type { Value } from './row.ts';

// How single cells of CSV files are spelled.

const missingWords = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?', '-', '.', '#n/a']);
const yesNoWords: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'y', 't', '1', 'on'].map((word): [string, boolean] => [word, true]),
  ...['false', 'no', 'n', 'f', '0', 'off'].map((word): [string, boolean] => [word, false]),
]);

/** Whether this is one of the usual ways to say that nothing is known. */
export function saysMissing(text: string): boolean {
  return text.length <= 4 && missingWords.has(text.toLowerCase());
}

export function yesNoIn(text: string): boolean | undefined {
  return yesNoWords.get(text.toLowerCase());
}

const decimalComma = /^[+-]?\d+,\d+(e[+-]?\d+)?$/i;
const otherBase = /^[+-]?0[box]/i;

/** A finite number, or undefined. Where a semicolon separates cells, spreadsheets write decimals with a comma. */
export function numberIn(text: string, separator = ','): number | undefined {
  const value = Number(text);
  if (Number.isFinite(value)) return text === '' || otherBase.test(text) ? undefined : value + 0;
  return separator === ';' && decimalComma.test(text) ? numberIn(text.replace(',', '.')) : undefined;
}

// A spreadsheet takes a text that begins so for a formula, and runs it; an apostrophe before it keeps it a text.
const formula = /^['\s]*[=+\-@]/;
const guarded = /^'['\s]*[=+\-@]/;

/** The text that a cell holds, without the apostrophe that guarded it. */
export function textIn(cell: string): string {
  const text = cell.trim();
  return guarded.test(text) ? text.slice(1) : text;
}

/** A value as a cell of a CSV file that a spreadsheet may open without harm. */
export function csvCell(value: Value, separator = ','): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = formula.test(value) && numberIn(value) === undefined ? `'${value}` : value;
  return text.includes(separator) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of a CSV file. One with nothing on it would be no row. */
export function csvLine(cells: readonly Value[]): string {
  return `${cells.map(cell => csvCell(cell)).join(',') || '""'}\n`;
}
