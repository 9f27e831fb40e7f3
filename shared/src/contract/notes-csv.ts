import { type Features, featureNames } from './features.ts';

export interface CsvProblem {
  /** The line of the file, counted from 1, the header included. */
  readonly line: number;
  readonly message: string;
}

export interface CsvNotes {
  readonly subjects: readonly string[];
  readonly features: readonly Features[];
  readonly problems: readonly CsvProblem[];
}

const subjectNames = ['subject', 'subject_id', 'name', 'id'];

/**
 * Reads notes from CSV. The header says which column is which, in any order; a column of names is optional and others
 * are ignored. A row with a problem is left out and reported, so that one bad row does not lose the others.
 */
export function readNotesCsv(text: string): CsvNotes {
  const [header, ...rows] = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const columns = splitLine(header ?? '').map(name => name.trim().toLowerCase());
  const missing = featureNames.filter(name => !columns.includes(name));
  if (missing.length > 0) {
    const message = `The first line must name the columns ${featureNames.join(', ')}: ${missing.join(', ')} missing.`;
    return { subjects: [], features: [], problems: [{ line: 1, message }] };
  }
  const featureColumns = featureNames.map(name => columns.indexOf(name));
  const subjectColumn = columns.findIndex(name => subjectNames.includes(name));
  const read = rows.flatMap((row, i) => {
    if (row.trim() === '') return [];
    return [readRow(splitLine(row), { line: i + 2, featureColumns, subjectColumn })];
  });
  return {
    subjects: read.flatMap(row => ('subject' in row ? [row.subject] : [])),
    features: read.flatMap(row => ('features' in row ? [row.features] : [])),
    problems: read.flatMap(row => ('message' in row ? [row] : [])),
  };
}

interface RowPosition {
  readonly line: number;
  readonly featureColumns: readonly number[];
  /** -1 where there is no such column. */
  readonly subjectColumn: number;
}

type Row = { readonly subject: string; readonly features: Features } | CsvProblem;

function readRow(cells: readonly string[], { line, featureColumns, subjectColumn }: RowPosition): Row {
  const [variance, skewness, curtosis, entropy] = featureColumns.map(column => numberIn(cells[column] ?? ''));
  const wrong = [variance, skewness, curtosis, entropy].indexOf(undefined);
  if (variance === undefined || skewness === undefined || curtosis === undefined || entropy === undefined) {
    const given = (cells[featureColumns[wrong] ?? 0] ?? '').trim();
    const said = given === '' ? 'is empty' : `is "${given}", which is not a number`;
    return { line, message: `${featureNames[wrong]} ${said}.` };
  }
  const features: Features = [variance, skewness, curtosis, entropy];
  const subject = (cells[subjectColumn] ?? '').trim() || `note ${line - 1}`;
  if (subject.length > 200) return { line, message: 'The subject has more than 200 characters.' };
  return { subject, features };
}

function numberIn(cell: string): number | undefined {
  const text = cell.trim();
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : undefined;
}

const cell = /(?:"((?:[^"]|"")*)"|([^,;\t]*))([,;\t]|$)/y;

/** Comma, semicolon or tab, whichever a spreadsheet writes; quotes around a cell that has one of them in it. */
function splitLine(line: string): string[] {
  const cells: string[] = [];
  cell.lastIndex = 0;
  for (;;) {
    const [, quoted, plain = '', end] = cell.exec(line) ?? [];
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (!end) return cells;
  }
}
