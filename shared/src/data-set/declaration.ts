// What a data set says of itself, and the only place that knows features and classes. People write it by hand
// (declaration-file.ts reads their YAML, declaration-check.ts checks it); everybody else works with the checked form, `DataSet`, in which every default
// is filled in and which is plain JSON.

/** What a category that no row had before is called where it must be called something. */
export const neverSeen = '(never seen)';

interface AnyFeature {
  /** What people call it. */
  readonly name: string;
  /** What tables, statements and addresses call it. */
  readonly column: string;
  /** Its header in CSV files; `name` and `column` are understood, too. */
  readonly csv: string;
  /** Whether a row may lack it. */
  readonly missing: boolean;
  readonly hint?: string | undefined;
  /** What it was called before, so that a migration renames its column. */
  readonly was?: string | undefined;
}

export interface NumberFeature extends AnyFeature {
  readonly kind: 'number';
  readonly integer: boolean;
  /** What is expected. Values beyond are taken all the same, unless `strict`. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly strict: boolean;
  readonly example: number;
  /** What rows get that were stored before there was this feature. */
  readonly fill?: number | undefined;
}

export interface CategoryFeature extends AnyFeature {
  readonly kind: 'category';
  /** A category's place is its code. */
  readonly categories: readonly string[];
  /** What becomes of a row with a category that is not among them. */
  readonly unknown: 'refuse' | 'accept';
  readonly example: string;
  readonly fill?: string | undefined;
}

export interface YesNoFeature extends AnyFeature {
  readonly kind: 'yes-no';
  readonly example: boolean;
  readonly fill?: boolean | undefined;
}

export type Feature = NumberFeature | CategoryFeature | YesNoFeature;

export interface Class {
  /** What answers call it. */
  readonly name: string;
  /** How the label's column of a CSV file spells it; `name` is understood, too. */
  readonly csv: string;
  readonly was?: string | undefined;
}

export interface Label {
  readonly name: string;
  /** Its header in CSV files. */
  readonly csv: string;
  /** A class's place is its number. */
  readonly classes: readonly Class[];
}

export interface Source {
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  readonly licence?: string | undefined;
  readonly citation?: string | undefined;
}

export interface DataSet {
  readonly name: string;
  readonly title: string;
  /** What one row is called, and several of them. */
  readonly item: string;
  readonly items: string;
  readonly question: string;
  readonly features: readonly Feature[];
  readonly label: Label;
  /** The CSV file, relative to the declaration. */
  readonly file: string;
  /** Whether its first line names the columns; otherwise they are called "column 1", "column 2" and so on. */
  readonly header: boolean;
  /** Whether classes with many rows give up what they have more than the smallest, before a model learns. */
  readonly balance: boolean;
  readonly floor: Floor;
  readonly source: Source;
}

/**
 * The least share of all rows, and of those of each class, that a model must get right to answer. Where nothing is said,
 * a model must know more than the shares of the classes tell.
 */
export interface Floor {
  readonly accuracy?: number | undefined;
  readonly recall?: number | undefined;
}

/** Headers are compared so: a spreadsheet's capitals and blanks say nothing. */
export function alike(header: string): string {
  return header.trim().toLowerCase();
}

/** The middle of the range, to as many digits as the range can tell apart. */
export function middleOf({ min, max, integer }: Pick<NumberFeature, 'min' | 'max' | 'integer'>): number {
  if (min === undefined || max === undefined) return min ?? max ?? 0;
  const middle = min / 2 + max / 2;
  if (integer) return Math.max(Math.floor(middle), Math.ceil(min)) + 0;
  const rounded = Number(middle.toPrecision(3));
  return (rounded >= min && rounded <= max ? rounded : middle) + 0;
}
