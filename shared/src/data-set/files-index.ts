export { readCsv } from './csv.ts';
export { parseDeclaration } from './declaration-file.ts';
export { toYaml } from './declaration-yaml.ts';
export {
  checkTable,
  type FoundDataSet,
  findDataSet,
  findDataSets,
  keepDataSet,
  listDataSets,
} from './files.ts';
export { inferDataSet } from './infer.ts';
