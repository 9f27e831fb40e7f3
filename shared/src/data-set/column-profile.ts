import { numberIn, saysMissing, textIn, yesNoIn } from './cell.ts';

/** How many different values a column is followed for; one that has more is no list of categories. */
export const mostValues = 1000;

interface Occurrence {
  rows: number;
  /** Where it stands first. */
  readonly line: number;
}

const isoDate = /^\d{4}-\d{1,2}-\d{1,2}([T ].*)?$/;
const otherDate = /^\d{1,2}([./-])(\d{1,2}|[A-Za-z]{3})\1(\d{4}|\d{2})( .*)?$/;

/** A number as people write it: with separated thousands, a decimal comma, quotes, a sign of currency or per cent. */
const writtenNumber = /^'?[-+(]?\s*[$€£¥]?\s*\d{1,3}(\d*|([.,' \u00a0]\d{3})*)([.,]\d+)?\s*[%$€£¥]?\)?'?$/;
/** What could be a decimal number, or a whole one with its thousands separated. */
const ambiguousPoint = /^[-+]?[1-9]\d{0,2}(\.\d{3})+$/;

const allDigits = /^[-+]?\d+$/;

/** What is learned of one column while the file goes by. It keeps no more than `mostValues` of its values. */
export class ColumnProfile {
  readonly header: string;
  rows = 0;
  missing = 0;
  readonly missingWords = new Set<string>();
  numbers = 0;
  whole = 0;
  /** Whole numbers of which other digits are read than are written. */
  inexact = 0;
  dates = 0;
  /** Texts that are numbers to people. */
  writtenNumbers = 0;
  /** Numbers in which a point may separate thousands, since a comma separates decimals. */
  ambiguous = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  longest = 0;
  spaced = 0;
  /** Whether each number is the one before and one more. */
  counts = true;
  first: string | undefined;
  firstText: { readonly line: number; readonly text: string } | undefined;
  /** Undefined once there are too many. */
  values: Map<string, Occurrence> | undefined = new Map();
  readonly #separator: string;
  #previous: number | undefined;

  constructor(header: string, separator: string) {
    this.header = header;
    this.#separator = separator;
  }

  get present(): number {
    return this.rows - this.missing;
  }

  /** Different values; more than can be followed count as infinitely many. */
  get distinct(): number {
    return this.values?.size ?? Number.POSITIVE_INFINITY;
  }

  add(cell: string, line: number): void {
    this.rows += 1;
    const text = cell.trim();
    const number = numberIn(text, this.#separator);
    if (number === undefined && saysMissing(text)) {
      this.missing += 1;
      this.missingWords.add(text);
      return;
    }
    if (number === undefined) this.#addText(text, line);
    else this.#addNumber(number, text);
    this.first ??= copied(text);
    this.#count(text, line);
  }

  #addNumber(number: number, text: string): void {
    this.numbers += 1;
    if (this.#separator === ';' && ambiguousPoint.test(text)) this.ambiguous += 1;
    if (Number.isSafeInteger(number)) this.whole += 1;
    else if (allDigits.test(text)) this.inexact += 1;
    if (number < this.min) this.min = number;
    if (number > this.max) this.max = number;
    if (this.#previous !== undefined && number !== this.#previous + 1) this.counts = false;
    this.#previous = number;
  }

  #addText(text: string, line: number): void {
    this.counts = false;
    this.firstText ??= { line, text: copied(text) };
    if (text.length > this.longest) this.longest = text.length;
    if (text.includes(' ')) this.spaced += 1;
    if (text.length < 40 && writtenNumber.test(text)) this.writtenNumbers += 1;
    if (isoDate.test(text) || otherDate.test(text)) this.dates += 1;
  }

  #count(text: string, line: number): void {
    const seen = this.values?.get(text);
    if (seen) seen.rows += 1;
    else if (this.distinct < mostValues) this.values?.set(copied(text), { rows: 1, line });
    else this.values = undefined;
  }

  /** Its values as they are to be declared, in the order of numbers or of the alphabet. */
  sortedValues(): string[] {
    const values = [...new Set(Array.from(this.values?.keys() ?? [], textIn))];
    return this.numbers === this.present
      ? values.sort((a, b) => (this.#number(a) ?? 0) - (this.#number(b) ?? 0))
      : values.sort((a, b) => (a < b ? -1 : 1));
  }

  #number(text: string): number | undefined {
    return numberIn(text, this.#separator);
  }

  /** Whether it holds both yes and no and nothing else, in words. */
  isYesNo(): boolean {
    if (this.numbers > 0 || this.distinct > 8) return false;
    const meanings = new Set(Array.from(this.values?.keys() ?? [], yesNoIn));
    return meanings.size === 2 && !meanings.has(undefined);
  }
}

/** A part of a text keeps all of it in memory, which here is a piece of the file; a copy does not. */
function copied(text: string): string {
  return text.length < 13 ? text : Array.from(text).join('');
}
