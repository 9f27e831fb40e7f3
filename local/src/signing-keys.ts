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
  if (existsSync(file)) return readKeys(file);
  const keys = newKeys();
  await (await openModelStore({ ...address, MODEL_KEYS: keys }, dataSet)).signAll();
  writeKeys(file, keys);
  return keys;
}

/** The keys that sign ratings. They stay with the folder, since messages outlive the processes that sent them. */
export function prepareMessageKeys(folder: string): string {
  const file = join(folder, 'message-keys');
  if (!existsSync(file)) writeKeys(file, newKeys());
  return readKeys(file);
}

function newKeys(): string {
  return `local:${randomBytes(32).toString('hex')}`;
}

function writeKeys(file: string, keys: string): void {
  writeFileSync(file, `${keys}\n`, { mode: 0o600 });
}

function readKeys(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
