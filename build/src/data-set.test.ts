import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { readTopology } from '../../functions/topology.ts';
import { functionsFolder, placeDataSet } from './data-set.ts';
import { output } from './output.ts';

const { dataSet } = findDataSet('penguins');
const placed = (file: string): string => join(functionsFolder(dataSet), file);

it('leaves in place what another loop of the data set runs, and takes away what is gone from the build', async () => {
  const functions = await readTopology();
  placeDataSet(dataSet, functions);
  const bundle = 'prediction/index.js';
  expect(statSync(placed(bundle)).ino).toBe(statSync(join(output, bundle)).ino);
  expect(JSON.parse(readFileSync(placed('prediction/data-set.json'), 'utf8'))).toMatchObject({
    name: 'penguins',
  });
  const before = statSync(placed('prediction/data-set.json')).ino;
  writeFileSync(placed('prediction/gone.js'), '');
  placeDataSet(dataSet, functions);
  expect(existsSync(placed('prediction/gone.js'))).toBe(false);
  expect(statSync(placed('prediction/data-set.json')).ino).toBe(before);
  expect(statSync(placed(bundle)).ino).toBe(statSync(join(output, bundle)).ino);
});
