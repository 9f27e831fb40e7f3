import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Puts built functions in place for a data set: links to the same code, and its declaration beside it. */
export function placeDataSet(dataSet: DataSet, functions: readonly AnyFunction[]): void {
  const folder = functionsFolder(dataSet);
  if (folder !== output) {
    rmSync(folder, { recursive: true, force: true });
    for (const file of filesIn(output)) link(join(output, file), join(folder, file));
  }
  const declaration = JSON.stringify(dataSet);
  for (const { name } of functions) writeWhole(join(folder, name, 'data-set.json'), declaration);
  const api = JSON.stringify(describeApi(functions.filter(isHttp), dataSet));
  const documentation = join(folder, 'predict-api/public/openapi.json');
  writeWhole(documentation, api);
  writeWhole(`${documentation}.br`, brotliCompressSync(api));
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file =>
    statSync(join(folder, file)).isFile(),
  );
}

function link(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (!existsSync(to)) linkSync(from, to);
}

function isHttp(definition: AnyFunction): definition is HttpFunction {
  return definition.kind === 'http';
}
