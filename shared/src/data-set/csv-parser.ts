// Splits CSV into records: in a stream or at once, on a server or in a page. A library would do for either, but those
// at hand do not tell the line of a record after cells of several lines, or keep all of the file that follows a quote
// which nobody closes.

export interface CsvRecord {
  /** The line on which it begins, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Why it cannot be read; then it has no cells. */
  readonly problem?: string;
}

/** No record of a table is longer; a quote that is still open then was never meant to be one. */
const longestRecord = 1 << 18;
/** After so many quotes that nobody closed, cells end with their line: to look for the end of each would take for ever. */
const mostOpenQuotes = 8;

export class CsvParser {
  readonly #separator: string;
  #rest = '';
  #line = 1;
  #openQuotes = 0;
  /** Whether the end of a line that is too long is still to come. */
  #isSkipping = false;

  constructor(separator: string) {
    this.#separator = separator;
  }

  /** The records that are complete with this piece of the file. */
  push(text: string): CsvRecord[] {
    return this.#parse(this.#rest + text, false);
  }

  /** The record that no line break ends. */
  end(): CsvRecord[] {
    return this.#parse(this.#rest, true);
  }

  #parse(buffer: string, isLast: boolean): CsvRecord[] {
    const text = withoutReturns(buffer, isLast);
    const records: CsvRecord[] = [];
    let at = 0;
    while (at < text.length) {
      const found = text.indexOf('\n', at);
      const end = found < 0 ? text.length : found;
      if (this.#isSkipping || end - at > longestRecord) {
        const problem = `The line has more than ${longestRecord} characters.`;
        if (!this.#isSkipping) records.push({ line: this.#line, cells: [], problem });
        this.#isSkipping = found < 0;
        at = end + 1;
        if (found >= 0) this.#line += 1;
        continue;
      }
      if (found < 0 && !isLast) break;
      const line = text.slice(at, end);
      if (!line.includes('"')) {
        if (line.trim() !== '') records.push({ line: this.#line, cells: line.split(this.#separator) });
        at = end + 1;
        this.#line += 1;
        continue;
      }
      const longest = this.#openQuotes < mostOpenQuotes ? longestRecord : line.length;
      const quoted = readQuoted(text, at, this.#separator, isLast, longest);
      if (quoted === 'open' && !isLast && text.length - at < longest) break;
      if (quoted === 'open' || quoted === 'torn') {
        // What follows may be in order: go on with the next line.
        const problem =
          quoted === 'open' ? 'A quote is opened and never closed.' : 'Text follows a closing quote.';
        if (quoted === 'open') this.#openQuotes += 1;
        records.push({ line: this.#line, cells: [], problem });
        at = end + 1;
        this.#line += 1;
      } else {
        records.push({ line: this.#line, cells: quoted.cells });
        at = quoted.end + 1;
        this.#line += quoted.lines;
      }
    }
    this.#rest = text.slice(at);
    return records;
  }
}

/** Line breaks of Windows and of old Macs become plain ones; a return at the very end may be half of one. */
function withoutReturns(text: string, isLast: boolean): string {
  if (!text.includes('\r')) return text;
  if (isLast || !text.endsWith('\r')) return text.replace(/\r\n?/g, '\n');
  return `${text.slice(0, -1).replace(/\r\n?/g, '\n')}\r`;
}

/** Reads the record that begins at `start` and has quotes in it; `end` is where its line break stands. */
function readQuoted(
  text: string,
  start: number,
  separator: string,
  isLast: boolean,
  longest: number,
): 'open' | 'torn' | { readonly cells: string[]; readonly end: number; readonly lines: number } {
  const cells: string[] = [];
  let lines = 1;
  let at = start;
  let lineEnd = -1;
  for (;;) {
    if (text[at] !== '"') {
      // Looked for once in a line: from every one of its cells it would be as far as the line is long.
      if (lineEnd < at) lineEnd = endOfLine(text, at);
      const next = text.indexOf(separator, at);
      const end = next >= 0 && next < lineEnd ? next : lineEnd;
      cells.push(text.slice(at, end));
      at = end;
    } else {
      const close = closingQuote(text, at + 1, start + longest);
      if (close < 0) return 'open';
      const cell = text.slice(at + 1, close);
      lines += cell.split('\n').length - 1;
      cells.push(cell.replaceAll('""', '"'));
      at = close + 1;
      while (text[at] === ' ') at += 1;
    }
    // The next piece may double a quote, or bring the other half of a line break.
    if (!isLast && (at >= text.length || text.slice(at) === '\r')) return 'open';
    if (at >= text.length || text[at] === '\n') return { cells, end: at, lines };
    if (text[at] !== separator) return 'torn';
    at += 1;
  }
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** The next quote that is not doubled, if it comes soon enough. */
function closingQuote(text: string, from: number, before: number): number {
  let at = text.indexOf('"', from);
  while (at >= 0 && at < before && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at < before ? at : -1;
}

const separators = ['\t', ';', '|', ','] as const;

/** What separates the cells of a file, by the records at its beginning. */
export function separatorOf(beginning: string): string {
  const counts = separators.map(separator => {
    const parser = new CsvParser(separator);
    const complete = parser.push(beginning);
    const records = complete.length > 0 ? complete : parser.end();
    return { separator, widths: records.slice(0, 50).map(({ cells }) => cells.length) };
  });
  // A comma may also stand in every number, and then as often in every line.
  const even = counts.find(({ widths: [first = 0, ...others] }) => {
    return first > 1 && others.filter(width => width === first).length >= 0.8 * others.length;
  });
  const widest = counts.reduce((a, b) => ((b.widths[0] ?? 0) >= (a.widths[0] ?? 0) ? b : a));
  return (even ?? widest).separator;
}
