import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BucketAddress, openModelStore } from '@banknote-loop/shared/bucket';

/**
 * The keys that sign the models of a data folder. They are made with the folder, and what was there before them is signed
 * then; whoever can write to the bucket later cannot make a model that answers.
 */
export async function prepareModelKeys(
  folder: string,
  address: BucketAddress,
  dataSet: string,
): Promise<string> {
  const file = join(folder, 'model-keys');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const keys = `local:${randomBytes(32).toString('hex')}`;
  await (await openModelStore({ ...address, MODEL_KEYS: keys }, dataSet)).signAll();
  writeFileSync(file, `${keys}\n`, { mode: 0o600 });
  return keys;
}
