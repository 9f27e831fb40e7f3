import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type FoundDataSet,
  findDataSet,
  findDataSets,
  inferDataSet,
  keepDataSet,
} from '@banknote-loop/shared/data-set/files';

/** What the command line says of the data set that is to be served. */
export interface DataSetChoice {
  /** The name of a declaration, or the file of one. */
  readonly dataSet?: string | undefined;
  /** A CSV file whose declaration is to be worked out, unless that has been done. */
  readonly data?: string | undefined;
  /** The header of the column that says what an item is. */
  readonly label?: string | undefined;
}

export const usualDataSet = 'banknotes';

/** Finds the declaration, or works it out and keeps it where the next start finds it. */
export async function chooseDataSet(
  { dataSet, data, label }: DataSetChoice,
  show: (text: string) => void,
  progress?: (share: number) => void,
): Promise<FoundDataSet> {
  if (data === undefined) return findDataSet(dataSet ?? usualDataSet);
  const known = declarationOf(data);
  if (known && (label === undefined || known.dataSet.label.csv === label)) {
    show(`The declaration of ${data} is ${known.path}.`);
    return known;
  }
  const inferred = await inferDataSet(data, { label, name: dataSet, ...(progress && { progress }) });
  show(inferred.table);
  for (const note of inferred.notes) show(`- ${note}`);
  const kept = await keepDataSet(inferred.dataSet, { remarks: inferred.notes });
  show(
    `The declaration is kept in ${kept.path}: correct it there, and start again with --data-set ${kept.dataSet.name}.`,
  );
  return kept;
}

/** The declaration that was made of a file before, by this or that name. */
function declarationOf(data: string): FoundDataSet | undefined {
  const file = resolve(data);
  return findDataSets().found.find(({ csv }) => csv === file);
}

const marker = 'data-set';

/** A data folder belongs to one data set: that of another is refused by name, before anything is written to it. */
export function claimFolder(folder: string, { dataSet: { name } }: FoundDataSet): void {
  const file = join(folder, marker);
  // Folders from before there was a choice are the banknotes'.
  const isOld = !existsSync(file) && existsSync(join(folder, 'postgres'));
  const owner = isOld ? usualDataSet : existsSync(file) ? readFileSync(file, 'utf8').trim() : name;
  if (owner !== name) {
    throw new Error(
      `${folder} holds the data set ${owner}, and ${name} is to be served: give it a folder of its own (--folder), or start --data-set ${owner}.`,
    );
  }
  writeFileSync(file, `${name}\n`);
}
