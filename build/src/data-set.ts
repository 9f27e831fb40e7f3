import { existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { type AnyFunction, describeApi, type HttpFunction } from '@banknote-loop/shared/http';
import { output, root, writeWhole } from './output.ts';

// The code of a function is the same whatever data set it serves. What differs lies beside it: the declaration, and the
// documentation of the APIs that follows from it.

/** The data set that the folder of all builds serves; others have folders of their own. */
const usual = 'banknotes';

/** Where the functions of a data set lie. */
export function functionsFolder({ name }: Pick<DataSet, 'name'>): string {
  return name === usual ? output : join(root, 'dist/data-sets', name, 'functions');
}

/**
 * Puts built functions in place for a data set: links to the same code, and its declaration beside it. Another loop may be
 * running them from there: what has not changed is left alone, and all else is there at every moment.
 */
export function placeDataSet(dataSet: DataSet, functions: readonly AnyFunction[]): void {
  const folder = functionsFolder(dataSet);
  if (folder !== output) {
    const files = new Set(filesIn(output));
    for (const file of files) if (!isOfDataSet(file)) link(join(output, file), join(folder, file));
    for (const file of filesIn(folder)) {
      if (!files.has(file) && !isUnfinished(file)) rmSync(join(folder, file), { force: true });
    }
  }
  const declaration = JSON.stringify(dataSet);
  for (const { name } of functions) writeWhole(join(folder, name, 'data-set.json'), declaration);
  const api = JSON.stringify(describeApi(functions.filter(isHttp), dataSet));
  const pages = join(folder, 'predict-api/public');
  writeWhole(join(pages, 'openapi.json'), api);
  writeWhole(join(pages, 'openapi.json.br'), brotliCompressSync(api));
}

/** What of the page's files follows from the declaration. */
export const madeOfDeclaration: readonly string[] = ['openapi.json', 'openapi.json.br'];

function isOfDataSet(file: string): boolean {
  return ['data-set.json', ...madeOfDeclaration].includes(basename(file));
}

/** Another process is just putting it in place. */
function isUnfinished(file: string): boolean {
  return /\.\d+$/.test(file);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

function link(from: string, to: string): void {
  if (existsSync(to) && statSync(to).ino === statSync(from).ino) return;
  mkdirSync(dirname(to), { recursive: true });
  const unfinished = `${to}.${process.pid}`;
  linkSync(from, unfinished);
  renameSync(unfinished, to);
  // Where another process was quicker, both names are of one file already, and the system leaves the first there.
  rmSync(unfinished, { force: true });
}

function isHttp(definition: AnyFunction): definition is HttpFunction {
  return definition.kind === 'http';
}
