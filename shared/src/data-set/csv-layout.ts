import { alike, type DataSet, type Feature } from './declaration.ts';
import { didYouMean } from './nearest.ts';

export interface CsvOptions {
  /** Whether every row must tell its class. */
  readonly labelled: boolean;
}

export const subjectNames = ['subject', 'subject_id', 'name', 'id'];

/** Where the cells of a line are what. */
export interface CsvLayout {
  readonly separator: string;
  readonly width: number;
  /** -1 where the file is older than the feature. */
  readonly features: readonly number[];
  /** -1 where there is no such column. */
  readonly subject: number;
  readonly label: number;
  readonly headerLines: 0 | 1;
}

/** The layout that a header gives, or what it lacks. */
export function readHeader(
  { features, label, header }: DataSet,
  cells: readonly string[],
  { labelled, separator }: CsvOptions & { readonly separator: string },
): CsvLayout | string {
  // What is sent may name its columns although the file does not.
  const isHeader =
    header || features.every(({ csv, name }) => cells.includes(alike(csv)) || cells.includes(alike(name)));
  const headers = cells.map((cell, i) => (isHeader && cell) || columnAt(i));
  const find = (...names: readonly string[]) =>
    names.map(name => headers.indexOf(alike(name))).find(place => place >= 0) ?? -1;
  // A file may be older than a feature's name.
  const places = features.map(({ csv, name, column, was = csv }) => find(csv, name, column, was));
  const labelPlace = find(label.csv, label.name);
  const unused = headers.filter((_, place) => !places.includes(place) && place !== labelPlace);
  // A feature may be newer than the file, in which its name is then not misspelt either.
  const isNewer = ({ csv, missing: mayBeMissing, fill }: Feature) =>
    labelled && (mayBeMissing || fill !== undefined) && didYouMean(csv, unused) === '';
  const missing = [
    ...features.filter((feature, i) => places[i] === -1 && !isNewer(feature)).map(({ csv }) => csv),
    ...(labelled && labelPlace === -1 ? [label.csv] : []),
  ];
  if (missing.length > 0) {
    const all = [...features.map(({ csv }) => csv), ...(labelled ? [label.csv] : [])];
    return `The first line must name the columns ${listed(all)}: ${listed(missing)} missing.${nearMiss(missing, headers)}`;
  }
  const needed = [...places.filter(place => place >= 0), ...(labelled ? [labelPlace] : [])];
  const double = needed.find(place => headers.indexOf(headers[place] ?? '', place + 1) >= 0);
  if (double !== undefined) return `Two columns are called "${headers[double]}": rename one of them.`;
  const isFree = (place: number) => !places.includes(place) && place !== labelPlace;
  const subject = headers.findIndex((name, place) => subjectNames.includes(name) && isFree(place));
  const headerLines = isHeader ? 1 : 0;
  return { separator, width: cells.length, features: places, subject, label: labelPlace, headerLines };
}

/** What a column is called whose place in the first line is empty, or in a file whose first line names none. */
export function columnAt(place: number): string {
  return `column ${place + 1}`;
}

function nearMiss(missing: readonly string[], headers: readonly string[]): string {
  return missing.length === 1 ? didYouMean(missing[0] ?? '', headers).replace('mean', 'mean its column') : '';
}

export function listed(names: readonly string[]): string {
  return names.length <= 12
    ? names.join(', ')
    : `${names.slice(0, 12).join(', ')} and ${names.length - 12} more`;
}
