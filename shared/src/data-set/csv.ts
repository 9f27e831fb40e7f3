import { csvLine, numberIn, saysMissing, textIn, yesNoIn } from './cell.ts';
import { type CsvLayout, type CsvOptions, listed, readHeader, subjectNames } from './csv-layout.ts';
import { CsvParser, type CsvRecord, separatorOf } from './csv-parser.ts';
import { alike, type DataSet, type Feature, type Label } from './declaration.ts';
import { didYouMean } from './nearest.ts';
import { explainValue, fitsFeature, type Row, type Value } from './row.ts';

// The items of a data set, from CSV and to CSV. Columns are found by the file's own header, in any order; a column of
// names is optional and others are ignored. A row with a problem is left out and reported, so that one bad row does not
// lose the others. Runs in a browser, too.

export interface CsvItem {
  readonly line: number;
  readonly subject: string;
  readonly row: Row;
  /** Its class's number, where labels are read. */
  readonly label?: number;
}

export interface CsvProblem {
  /** The line of the file, counted from 1, the header included. */
  readonly line: number;
  readonly message: string;
}

export interface CsvPart {
  readonly items: readonly CsvItem[];
  readonly problems: readonly CsvProblem[];
}

const longestSubject = 200;
/** Wider than any table: to look for its columns among more would keep others waiting. */
const mostColumns = 10_000;
/** As much of a file tells what separates its cells. */
const enough = 1 << 14;

/** Takes a CSV file in pieces of any size, and gives the items as soon as their lines are complete. */
export class CsvReader {
  readonly #dataSet: DataSet;
  readonly #options: CsvOptions;
  readonly #classes: ReadonlyMap<string, number>;
  #beginning: string | undefined = '';
  #parser = new CsvParser(',');
  #separator = ',';
  #layout: CsvLayout | undefined;
  #isLost = false;

  constructor(dataSet: DataSet, options: CsvOptions) {
    this.#dataSet = dataSet;
    this.#options = options;
    this.#classes = classesOf(dataSet.label);
  }

  push(text: string): CsvPart {
    if (this.#beginning === undefined) return this.#read(this.#parser.push(text));
    this.#beginning += text;
    return this.#beginning.length < enough
      ? { items: [], problems: [] }
      : this.#read(this.#begin(this.#beginning));
  }

  end(): CsvPart {
    const begun = this.#beginning === undefined ? [] : this.#begin(this.#beginning);
    const part = this.#read([...begun, ...this.#parser.end()]);
    if (this.#layout || this.#isLost) return part;
    return { items: [], problems: [{ line: 1, message: 'The file is empty.' }] };
  }

  #begin(beginning: string): CsvRecord[] {
    const text = beginning.replace(/^\uFEFF/, '');
    this.#beginning = undefined;
    this.#separator = separatorOf(text.slice(0, enough));
    this.#parser = new CsvParser(this.#separator);
    return this.#parser.push(text);
  }

  #read(records: readonly CsvRecord[]): CsvPart {
    const items: CsvItem[] = [];
    const problems: CsvProblem[] = [];
    for (const record of records) {
      if (this.#isLost) break;
      const result = this.#layout ? this.#readRecord(record, this.#layout) : this.#readFirst(record);
      if (result === undefined) continue;
      if ('message' in result) problems.push(result);
      else items.push(result);
    }
    return { items, problems };
  }

  #readFirst(record: CsvRecord): CsvItem | CsvProblem | undefined {
    const { length } = record.cells;
    if (length > mostColumns) {
      this.#isLost = true;
      return { line: record.line, message: `The line has ${length} cells: at most ${mostColumns} are read.` };
    }
    const cells = record.cells.map(cell => alike(textIn(cell)));
    const layout = readHeader(this.#dataSet, cells, { ...this.#options, separator: this.#separator });
    if (typeof layout !== 'string') {
      this.#layout = layout;
      return layout.headerLines === 1 ? undefined : this.#readRecord(record, layout);
    }
    const inOrder = this.#layoutInOrder(record);
    if (inOrder) {
      this.#layout = inOrder;
      return this.#readRecord(record, inOrder);
    }
    this.#isLost = true;
    return { line: record.line, message: record.problem ?? layout };
  }

  /** A file without a header, whose first line can only be values in the order of the declaration. */
  #layoutInOrder(record: CsvRecord): CsvLayout | undefined {
    const { features } = this.#dataSet;
    const width = record.cells.length;
    const hasLabel = width === features.length + 1;
    if (width !== features.length && !hasLabel) return undefined;
    if (this.#options.labelled && !hasLabel) return undefined;
    const places = features.map((_, i) => i);
    const label = hasLabel ? features.length : -1;
    const layout: CsvLayout = {
      separator: this.#separator,
      width,
      features: places,
      subject: -1,
      label,
      headerLines: 0,
    };
    const read = this.#readRecord(record, layout);
    const isItem = !('message' in read) && (!hasLabel || this.#classOf(record.cells[label]) !== undefined);
    return isItem ? layout : undefined;
  }

  #readRecord({ line, cells, problem }: CsvRecord, layout: CsvLayout): CsvItem | CsvProblem {
    if (problem !== undefined) return { line, message: problem };
    const { features } = this.#dataSet;
    if (cells.length !== layout.width && !cells.slice(layout.width).every(isBlank))
      return wrongWidth(line, cells, layout);
    if (cells.length < layout.width) return wrongWidth(line, cells, layout);
    const row: Value[] = [];
    for (let i = 0; i < features.length; i += 1) {
      const feature = features[i];
      if (!feature) break;
      const cell = cells[layout.features[i] ?? -1];
      const value = cell === undefined ? (feature.fill ?? null) : valueIn(feature, cell, layout.separator);
      if (value === undefined || !fitsFeature(feature, value))
        return { line, message: explainCell(feature, cell ?? '', value) };
      row.push(value);
    }
    const own = textIn(cells[layout.subject] ?? '');
    const subject = own || `${this.#dataSet.item} ${line - layout.headerLines}`;
    if (subject.length > longestSubject)
      return { line, message: `The subject has more than ${longestSubject} characters.` };
    if (!this.#options.labelled) return { line, subject, row };
    const label = this.#classOf(cells[layout.label]);
    return label === undefined
      ? { line, message: explainClass(this.#dataSet.label, cells[layout.label] ?? '') }
      : { line, subject, row, label };
  }

  #classOf(cell = ''): number | undefined {
    const text = textIn(cell);
    return this.#classes.get(text) ?? this.#classes.get(plainNumber(text));
  }
}

/** Reads a file as it arrives, without ever holding more than a piece of it. */
export async function* readCsv(
  dataSet: DataSet,
  pieces: AsyncIterable<string>,
  options: CsvOptions,
): AsyncGenerator<CsvPart> {
  const reader = new CsvReader(dataSet, options);
  for await (const piece of pieces) yield reader.push(piece);
  yield reader.end();
}

/** The value of a feature that a text says, as a cell of a file or a parameter of an address does. */
export function readValue(
  feature: Feature,
  text: string,
):
  | { readonly value: Value; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string } {
  const value = valueIn(feature, text, ',');
  if (value !== undefined && fitsFeature(feature, value)) return { value };
  return { problem: explainCell(feature, text, value) };
}

export interface CsvItems {
  readonly subjects: readonly string[];
  readonly features: readonly Row[];
  readonly problems: readonly CsvProblem[];
}

const pieceLength = 1 << 16;

/** Reads the items of a text at once, whatever they are labelled. */
export function readItemsCsv(dataSet: DataSet, text: string): CsvItems {
  const reader = new CsvReader(dataSet, { labelled: false });
  return joinParts([reader.push(text), reader.end()]);
}

/**
 * The same for a text of anybody's: it stops at the first problem, and soon after `most` items, since a few megabytes of
 * line breaks must not become a gigabyte of records. `pause` lets others have a turn.
 */
export async function readUntrustedCsv(
  dataSet: DataSet,
  text: string,
  { most, pause }: { readonly most: number; readonly pause: () => Promise<void> },
): Promise<CsvItems> {
  const reader = new CsvReader(dataSet, { labelled: false });
  const parts: CsvPart[] = [];
  let count = 0;
  for (let at = 0; at < text.length; at += pieceLength) {
    const part = reader.push(text.slice(at, at + pieceLength));
    parts.push(part);
    count += part.items.length;
    if (count > most || part.problems.length > 0) return joinParts(parts);
    await pause();
  }
  return joinParts([...parts, reader.end()]);
}

function joinParts(parts: readonly CsvPart[]): CsvItems {
  const items = parts.flatMap(part => part.items);
  return {
    subjects: items.map(({ subject }) => subject),
    features: items.map(({ row }) => row),
    problems: parts.flatMap(part => part.problems),
  };
}

function isBlank(cell: string): boolean {
  return cell.trim() === '';
}

function wrongWidth(line: number, cells: readonly string[], { width }: CsvLayout): CsvProblem {
  return { line, message: `The line has ${cells.length} cells, where the first has ${width}.` };
}

/** What a cell says of a feature; undefined where that is nothing. */
function valueIn(feature: Feature, cell: string, separator: string): Value | undefined {
  const text = feature.kind === 'category' ? textIn(cell) : cell.trim();
  const value = presentIn(feature, text, separator);
  if (value !== undefined && (feature.kind !== 'category' || feature.categories.includes(text))) return value;
  return feature.missing && saysMissing(text) ? null : value;
}

function presentIn(feature: Feature, text: string, separator: string): Value | undefined {
  switch (feature.kind) {
    case 'number':
      return numberIn(text, separator);
    case 'yes-no':
      return yesNoIn(text);
    case 'category':
      return text === '' ? undefined : text;
  }
}

function explainCell(feature: Feature, cell: string, value: Value | undefined): string {
  if (value !== undefined && value !== null) return explainValue(feature, value);
  const text = cell.trim();
  if (text === '') return `${feature.name} is empty.`;
  const lack = feature.kind === 'number' ? 'which is not a number' : 'which is neither yes nor no';
  return `${feature.name} is "${text}", ${lack}.`;
}

/**
 * Classes by all the spellings that mean them: `1.0` is 1 where a spreadsheet or a program has been at it, and a file may be
 * older than a class's name.
 */
function classesOf({ classes }: Label): ReadonlyMap<string, number> {
  return new Map([
    ...classes.flatMap(({ was }, i): [string, number][] => (was === undefined ? [] : [[was, i]])),
    ...classes.map(({ csv }, i): [string, number] => [plainNumber(csv), i]),
    ...classes.map(({ name }, i): [string, number] => [name, i]),
    ...classes.map(({ csv }, i): [string, number] => [csv, i]),
  ]);
}

function plainNumber(text: string): string {
  return String(numberIn(text) ?? text);
}

function explainClass({ name, classes }: Label, cell: string): string {
  const text = textIn(cell);
  if (text === '') return `${name} is empty.`;
  const known = classes.flatMap(one => [one.csv, one.name]);
  const help = didYouMean(text, known) || ` It is one of ${listed(classes.map(({ csv }) => csv))}.`;
  return `${name} is "${text}", which is none of its classes.${help}`;
}

export interface WrittenItem {
  readonly subject?: string;
  readonly row: Row;
  readonly label?: number;
}

/** Writes items as CSV that reads back as they are; with a column of names or labels where the first item has one. */
export function writeItemsCsv(dataSet: DataSet, items: readonly WrittenItem[]): string {
  const { features, label } = dataSet;
  const [first] = items;
  const taken = new Set(
    [label.csv, label.name, ...features.flatMap(({ csv, name, column }) => [csv, name, column])].map(alike),
  );
  const subject = first?.subject === undefined ? undefined : subjectNames.find(name => !taken.has(name));
  const hasLabel = first?.label !== undefined;
  const header = [
    ...(subject ? [subject] : []),
    ...features.map(({ csv }) => csv),
    ...(hasLabel ? [label.csv] : []),
  ];
  const lines = items.map(item => [
    ...(subject ? [item.subject ?? null] : []),
    ...item.row,
    ...(hasLabel ? [label.classes[item.label ?? -1]?.csv ?? null] : []),
  ]);
  return [header, ...lines].map(csvLine).join('');
}
