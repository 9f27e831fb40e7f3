import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { readCsv } from './csv.ts';
import type { DataSet } from './declaration.ts';
import { DeclarationError, parseDeclaration } from './declaration-file.ts';
import { toYaml } from './declaration-yaml.ts';
import { didYouMean } from './nearest.ts';
import { type ReadingOptions, textOf } from './text-file.ts';

// Where declarations lie: data-sets/<name>/data-set.yaml, those that come with the loop and those that people make.

const shipped = join(import.meta.dirname, '../../../data-sets');
const fileName = 'data-set.yaml';

export interface FoundDataSet {
  readonly dataSet: DataSet;
  /** Where the declaration and its table are. */
  readonly path: string;
  readonly csv: string;
}

/** The names of all data sets. */
export function listDataSets(folder = shipped): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter(name => existsSync(join(folder, name, fileName)))
    .sort();
}

export interface DataSets {
  readonly found: readonly FoundDataSet[];
  /** What is wrong with declarations that cannot be read, so that one of them hides no other. */
  readonly problems: readonly string[];
}

/** All data sets. */
export function findDataSets(folder = shipped): DataSets {
  const found: FoundDataSet[] = [];
  const problems: string[] = [];
  for (const name of listDataSets(folder)) {
    try {
      found.push(findDataSet(name, folder));
    } catch (error) {
      if (!(error instanceof DeclarationError)) throw error;
      problems.push(error.message);
    }
  }
  return { found, problems };
}

/** A data set by its name, or by the file of its declaration. */
export function findDataSet(nameOrFile: string, folder = shipped): FoundDataSet {
  if (/[./\\]/.test(nameOrFile)) return readDataSet(resolve(nameOrFile));
  const known = listDataSets(folder);
  if (!known.includes(nameOrFile)) {
    const help = didYouMean(nameOrFile, known) || ` There is ${known.join(', ')}.`;
    throw new DeclarationError(`There is no data set "${nameOrFile}".${help}`);
  }
  const found = readDataSet(join(folder, nameOrFile, fileName));
  if (found.dataSet.name !== nameOrFile)
    throw new DeclarationError(
      `${displayPath(found.path)}: its name is ${found.dataSet.name}, its folder's ${nameOrFile}: make them the same.`,
    );
  return found;
}

function readDataSet(path: string): FoundDataSet {
  if (!existsSync(path)) throw new DeclarationError(`There is no file ${displayPath(path)}.`);
  const dataSet = parseDeclaration(readFileSync(path, 'utf8'), displayPath(path));
  return { dataSet, path, csv: resolve(dirname(path), dataSet.file) };
}

/** A path as messages say it: from where the person is, if that is not further away. */
function displayPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

export interface KeepOptions {
  /** Written above the declaration. */
  readonly remarks?: readonly string[];
  /** Whether another declaration of this name may be lost. */
  readonly overwrite?: boolean;
  readonly folder?: string;
}

/** Keeps a declaration under its name, whole or not at all. `dataSet.file` is taken from the current folder. */
export async function keepDataSet(
  dataSet: DataSet,
  { remarks = [], overwrite = false, folder = shipped }: KeepOptions = {},
): Promise<FoundDataSet> {
  const home = join(folder, dataSet.name);
  const path = join(home, fileName);
  const csv = resolve(dataSet.file);
  const kept = { ...dataSet, file: relative(home, csv).split(sep).join('/') };
  const yaml = toYaml(kept, remarks);
  if (existsSync(path) && !overwrite && readFileSync(path, 'utf8') !== yaml)
    throw new DeclarationError(
      `${displayPath(path)} is there already and says something else: take another name (npm run data-set -- infer FILE --name NAME, npm start -- --data FILE --data-set NAME), or let it be lost (infer FILE --overwrite).`,
    );
  await mkdir(home, { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, yaml);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
  return { dataSet: kept, path, csv };
}

export interface TableCheck {
  readonly rows: number;
  /** Rows of each class, by its number. */
  readonly classes: readonly number[];
  /** The first problems, and how many there are in all. */
  readonly problems: readonly string[];
  readonly problemCount: number;
}

const mostProblems = 20;

/** Reads the whole table by its declaration. */
export async function checkTable(
  { dataSet, csv }: FoundDataSet,
  options: ReadingOptions = {},
): Promise<TableCheck> {
  const classes = dataSet.label.classes.map(() => 0);
  const problems: string[] = [];
  let rows = 0;
  let problemCount = 0;
  for await (const part of readCsv(dataSet, textOf(csv, options), { labelled: true })) {
    rows += part.items.length;
    for (const { label = -1 } of part.items) classes[label] = (classes[label] ?? 0) + 1;
    problemCount += part.problems.length;
    for (const { line, message } of part.problems)
      if (problems.length < mostProblems) problems.push(`${displayPath(csv)}:${line}: ${message}`);
  }
  return { rows, classes, problems, problemCount };
}
