import { basename } from 'node:path';
import { numberIn, textIn, yesNoIn } from './cell.ts';
import type { ColumnProfile } from './column-profile.ts';
import { alike, type DataSet } from './declaration.ts';
import { checkDeclaration } from './declaration-check.ts';
import { printTable } from './inference-table.ts';
import {
  classesOf,
  clearLabel,
  columnsCalledLabel,
  type InferredKind,
  inferKind,
  labelCandidates,
  labelProblem,
  missingClass,
} from './inferred-kind.ts';
import { didYouMean } from './nearest.ts';
import { type Seen, Survey } from './survey.ts';
import { type ReadingOptions, TableError, textOf } from './text-file.ts';

export interface InferOptions extends Omit<ReadingOptions, 'warn'> {
  /** The header of the column to be told. */
  readonly label?: string | undefined;
  readonly name?: string | undefined;
}

export interface Inference {
  /** `file` is the path that was given; it becomes relative where the declaration is kept. */
  readonly dataSet: DataSet;
  readonly rows: number;
  /** What was doubtful, and what was left out, a sentence each. */
  readonly notes: readonly string[];
  /** What was understood, to be printed. */
  readonly table: string;
}

/** Works out the declaration of a CSV file, which goes by once and is never held whole. */
export async function inferDataSet(path: string, options: InferOptions = {}): Promise<Inference> {
  const notes: string[] = [];
  const warn = (message: string) => notes.push(message);
  const survey = new Survey(path);
  for await (const text of textOf(path, { ...options, warn })) survey.push(text);
  const seen = survey.end();
  notes.push(...seen.notes);
  // What was left out on the way may be why nothing came of it.
  const fail = (problem: string) =>
    new TableError([`${path}: ${problem}`, ...notes.map(note => `- ${note}`)].join('\n'));
  const found = labelOf(seen.columns, options.label);
  if ('problem' in found) throw fail(found.problem);
  const { column: label, reason } = found;
  const problem = labelProblem(label);
  if (problem) throw fail(problem);
  if (reason) notes.push(`The label is "${label.header}", ${reason}; --label takes another.`);
  const judged = seen.columns
    .filter(column => column !== label)
    .map(column => ({ column, judgement: inferKind(column) }));
  notes.push(...columnNotes(judged), ...labelNotes(label));
  if (seen.rows < fewRows)
    notes.push(`${seen.rows} rows are few: a model is judged on a fifth of them, and on 20 at least.`);
  if (judged.every(({ judgement }) => judgement.kind === 'left out'))
    throw fail(`beside "${label.header}" there is no column to tell it from.`);
  const { dataSet, problems } = checkDeclaration(declarationOf(path, options, seen, judged, label));
  if (!dataSet) throw fail(problems.map(({ place, message }) => `${place.join('.')} ${message}`).join('; '));
  const { rows, columns } = seen;
  return { dataSet, rows, notes, table: printTable({ path, dataSet, rows, columns }) };
}

/** With fewer, there may be no model before people have added some. */
const fewRows = 100;

export interface JudgedColumn {
  readonly column: ColumnProfile;
  readonly judgement: InferredKind;
}

function labelOf(
  columns: readonly ColumnProfile[],
  wanted: string | undefined,
): { readonly column: ColumnProfile; readonly reason?: string } | { readonly problem: string } {
  if (wanted !== undefined) {
    const column = columns.find(({ header }) => alike(header) === alike(wanted));
    if (column) return { column };
    const headers = columns.map(({ header }) => header);
    const help = didYouMean(wanted, headers) || ` There is ${headers.slice(0, 30).join(', ')}.`;
    return { problem: `there is no column "${wanted}".${help}` };
  }
  const clear = clearLabel(columns);
  if (clear) return clear;
  // A label is mostly the last column.
  const likely = labelCandidates(columns).reverse();
  if (columns.length === 1)
    return { problem: 'there is one column only. Cells are separated by commas, semicolons, tabs or "|".' };
  const [called] = columnsCalledLabel(columns);
  const unfit = called && labelProblem(called);
  if (likely.length === 0)
    return {
      problem:
        unfit ?? 'no column has a few values that rows share, as a label must. Name it by --label COLUMN.',
    };
  const shown = likely.slice(0, 10).map(column => `  --label "${column.header}"  ${shares(column, 5)}`);
  const more =
    likely.length > shown.length ? [`  or one of ${likely.length - shown.length} other columns`] : [];
  const why = unfit === undefined ? [] : [unfit];
  return { problem: ['which column is to be told? Say so by one of', ...shown, ...more, ...why].join('\n') };
}

/** The values of a column with the rows that have them. */
function shares(column: ColumnProfile, most: number): string {
  const values = classesOf(column);
  const shown = values.slice(0, most).map(value => `${value} (${rowsWith(column, value)})`);
  return `${shown.join(', ')}${values.length > most ? ` and ${values.length - most} more` : ''}`;
}

function rowsWith(column: ColumnProfile, value: string): number {
  return Array.from(column.values ?? []).reduce(
    (sum, [text, { rows }]) => (textIn(text) === value ? sum + rows : sum),
    0,
  );
}

/** What is told of columns, each reason once for all columns that it is true of. */
function columnNotes(judged: readonly JudgedColumn[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const { column, judgement } of judged) {
    for (const reason of reasonsOf(column, judgement)) {
      const headers = reasons.get(reason) ?? [];
      reasons.set(reason, headers);
      headers.push(`"${column.header}"`);
    }
  }
  return Array.from(reasons, ([reason, headers]) => {
    const shown = headers.slice(0, 8).join(', ');
    return `${shown}${headers.length > 8 ? ` and ${headers.length - 8} more` : ''}: ${reason}.`;
  });
}

function reasonsOf(column: ColumnProfile, judgement: InferredKind): string[] {
  if (judgement.kind === 'left out') return [`left out (${judgement.reason})`];
  const words = [...column.missingWords].filter(word => word !== '').map(word => `"${word}"`);
  return [
    ...('doubt' in judgement && judgement.doubt ? [judgement.doubt] : []),
    ...(words.length > 0 ? [`${words.join(' and ')} read as missing`] : []),
  ];
}

/** A class that is so much rarer than another is hard to learn, and accuracy says little of it. */
const uneven = 10;

function labelNotes(label: ColumnProfile): string[] {
  const counts = classesOf(label).map(value => ({ value, rows: rowsWith(label, value) }));
  const [rarest] = counts.toSorted((a, b) => a.rows - b.rows);
  const [commonest] = counts.toSorted((a, b) => b.rows - a.rows);
  return [
    ...(label.missing > 0
      ? [
          `${label.missing === 1 ? '1 row has' : `${label.missing} rows have`} no "${label.header}": left out.${missingClass(label)}`,
        ]
      : []),
    ...(rarest && commonest && rarest.rows * uneven < commonest.rows
      ? [
          `The classes are uneven: "${commonest.value}" has ${commonest.rows} rows, "${rarest.value}" ${rarest.rows}.`,
        ]
      : []),
  ];
}

function declarationOf(
  path: string,
  { name }: InferOptions,
  seen: Seen,
  judged: readonly JudgedColumn[],
  label: ColumnProfile,
): object {
  const title = basename(path).replace(/(\.csv|\.tsv|\.txt)?(\.gz)?$/i, '');
  return {
    name: name ?? slugOf(title),
    title: title.slice(0, 120),
    item: 'row',
    features: judged.flatMap(({ column, judgement }) =>
      judgement.kind === 'left out' ? [] : [featureOf(column, judgement, seen)],
    ),
    label: { ...named(label.header), classes: classesOf(label) },
    file: path,
    header: seen.header,
  };
}

function slugOf(title: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-$/, '');
  return slug || 'table';
}

/** People see a header without line breaks in it; the file is still read by its own. */
function named(header: string): { readonly name: string; readonly csv?: string } {
  const name = header.replace(/\s+/g, ' ');
  return name === header ? { name } : { name, csv: header };
}

function featureOf(
  column: ColumnProfile,
  judgement: InferredKind,
  { columns, example, separator }: Seen,
): object {
  const text = textIn(example[columns.indexOf(column)] ?? column.first ?? '');
  const common = { ...named(column.header), kind: judgement.kind, missing: column.missing > 0 };
  switch (judgement.kind) {
    case 'number': {
      const { min, max, whole, numbers } = column;
      return { ...common, integer: whole === numbers, min, max, example: numberIn(text, separator) };
    }
    case 'category':
      return { ...common, categories: column.sortedValues(), unknown: judgement.unknown, example: text };
    default:
      return { ...common, example: yesNoIn(text) };
  }
}
