import { numberIn, saysMissing, textIn } from './cell.ts';
import { ColumnProfile } from './column-profile.ts';
import { columnAt } from './csv-layout.ts';
import { CsvParser, type CsvRecord, separatorOf } from './csv-parser.ts';
import { alike } from './declaration.ts';
import { TableError } from './text-file.ts';

export interface Seen {
  readonly columns: readonly ColumnProfile[];
  readonly rows: number;
  readonly separator: string;
  readonly header: boolean;
  /** The cells of a row that lacks nothing, if there is one. */
  readonly example: readonly string[];
  readonly notes: readonly string[];
}

/** So many records tell whether the first of them is a header. */
const sample = 100;

/** Lets a file go by and keeps what its columns are like. */
export class Survey {
  readonly #path: string;
  #beginning: string | undefined = '';
  #separator = ',';
  #parser = new CsvParser(',');
  #waiting: CsvRecord[] | undefined = [];
  #columns: readonly ColumnProfile[] = [];
  #header = true;
  #rows = 0;
  #example: readonly string[] = [];
  readonly #bad: { readonly line: number; readonly message: string }[] = [];
  #badCount = 0;

  constructor(path: string) {
    this.#path = path;
  }

  push(text: string): void {
    if (this.#beginning === undefined) {
      this.#take(this.#parser.push(text));
    } else {
      this.#beginning += text;
      if (this.#beginning.length >= 1 << 14) this.#begin();
    }
  }

  end(): Seen {
    if (this.#beginning !== undefined) this.#begin();
    this.#take(this.#parser.end());
    if (this.#waiting) this.#decide(this.#waiting);
    if (this.#rows === 0) {
      const [first] = this.#bad;
      const why = first
        ? `no row can be read. Line ${first.line}: ${first.message}`
        : 'line 1 is a header, and no row follows.';
      throw new TableError(`${this.#path}: ${why}`);
    }
    if (this.#badCount > this.#rows) {
      const [first] = this.#bad;
      throw new TableError(
        `${this.#path}: most lines cannot be read. Line ${first?.line}: ${first?.message}`,
      );
    }
    return {
      columns: this.#columns,
      rows: this.#rows,
      separator: this.#separator,
      header: this.#header,
      example: this.#example,
      notes: this.#notes(),
    };
  }

  #begin(): void {
    const text = (this.#beginning ?? '').replace(/^\uFEFF/, '');
    this.#beginning = undefined;
    if (text.trim() === '') throw new TableError(`${this.#path} is empty.`);
    this.#separator = separatorOf(text);
    this.#parser = new CsvParser(this.#separator);
    this.#take(this.#parser.push(text));
  }

  #take(records: readonly CsvRecord[]): void {
    if (this.#waiting) {
      this.#waiting.push(...records);
      if (this.#waiting.length > sample) this.#decide(this.#waiting);
    } else {
      this.#survey(records);
    }
  }

  #decide(records: readonly CsvRecord[]): void {
    const [first, ...others] = records;
    if (!first) throw new TableError(`${this.#path} is empty.`);
    if (first.problem) throw new TableError(`${this.#path}: line ${first.line}: ${first.problem}`);
    this.#waiting = undefined;
    this.#header = hasHeader(first, others, this.#separator);
    if (this.#header) refuseTitles(first, others, this.#path);
    const headers = first.cells.map((cell, i) => (this.#header ? textIn(cell) : '') || columnAt(i));
    refuseDoubles(headers, this.#path);
    this.#columns = headers.map(header => new ColumnProfile(header, this.#separator));
    this.#survey(this.#header ? others : records);
  }

  #survey(records: readonly CsvRecord[]): void {
    const width = this.#columns.length;
    for (const { line, cells, problem } of records) {
      if (problem !== undefined) this.#reject(line, problem);
      else if (cells.length < width || cells.slice(width).some(cell => cell.trim() !== ''))
        this.#reject(line, `The line has ${cells.length} cells, where the first has ${width}.`);
      else this.#add(cells, line);
    }
  }

  #add(cells: readonly string[], line: number): void {
    this.#rows += 1;
    for (let i = 0; i < this.#columns.length; i += 1) this.#columns[i]?.add(cells[i] ?? '', line);
    if (this.#example.length === 0 && !cells.some(cell => saysMissing(cell.trim()))) this.#example = cells;
  }

  #reject(line: number, message: string): void {
    this.#badCount += 1;
    if (this.#bad.length < 5) this.#bad.push({ line, message });
  }

  #notes(): string[] {
    const spelled = this.#separator === '\t' ? 'tabs' : `"${this.#separator}"`;
    return [
      ...(this.#header ? [] : ['The first line is taken for data: there is no header.']),
      ...(this.#separator === ',' ? [] : [`Cells are separated by ${spelled}.`]),
      ...this.#bad.map(({ line, message }) => `Line ${line} is left out: ${message}`),
      ...(this.#badCount > this.#bad.length ? [`${this.#badCount} lines are left out in all.`] : []),
    ];
  }
}

/** Above the names of the columns people write titles and remarks, and spreadsheets what separates the cells. */
function refuseTitles({ cells, line }: CsvRecord, others: readonly CsvRecord[], path: string): void {
  const named = cells.filter(cell => cell.trim() !== '').length;
  const [usual = 0] = others.map(other => other.cells.length).toSorted((a, b) => b - a);
  const widths = others.filter(other => other.cells.length === usual).length;
  const isNarrow = cells.length < usual && widths * 2 > others.length;
  if (!isNarrow && !(cells.length > 2 && named === 1)) return;
  const columns = Math.max(usual, cells.length);
  throw new TableError(
    `${path}: line ${line} names ${named} of ${columns} columns: the first line must name them all. Take titles and remarks out above it.`,
  );
}

function refuseDoubles(headers: readonly string[], path: string): void {
  const places = new Map<string, number>();
  for (const [i, header] of headers.entries()) {
    const before = places.get(alike(header));
    if (before !== undefined) {
      const first = headers[before];
      const both = first === header ? `both called "${header}"` : `called "${first}" and "${header}"`;
      throw new TableError(`${path}: columns ${before + 1} and ${i + 1} are ${both}: rename one.`);
    }
    if (header.length > 100)
      throw new TableError(
        `${path}: the header of column ${i + 1} has more than 100 characters: shorten it.`,
      );
    places.set(alike(header), i);
  }
}

/**
 * Whether the first record names the columns. A column of numbers votes by whether its first cell is one, a column of
 * text by whether its first cell stands there again, as a value does and a name does not.
 */
function hasHeader(first: CsvRecord, others: readonly CsvRecord[], separator: string): boolean {
  const numbers = first.cells.map(cell => numberIn(cell.trim(), separator));
  const [start] = numbers;
  // What programs number from 0 or 1 are the names of columns without a name.
  if (
    numbers.length > 1 &&
    (start === 0 || start === 1) &&
    numbers.every((number, i) => number === start + i)
  )
    return true;
  const votes = first.cells.map((cell, i) => {
    const below = others.flatMap(({ cells }) => cells[i]?.trim() ?? []).filter(text => !saysMissing(text));
    if (below.length === 0) return 0;
    const numeric = below.filter(text => numberIn(text, separator) !== undefined).length;
    if (numeric < 0.9 * below.length) return below.includes(cell.trim()) ? -1 : 0;
    if (saysMissing(cell.trim())) return 0;
    return numbers[i] === undefined ? 1 : -1;
  });
  return (
    votes.reduce((sum: number, vote) => sum + vote, 0) >= 0 && !numbers.every(number => number !== undefined)
  );
}
