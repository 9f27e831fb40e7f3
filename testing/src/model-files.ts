import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareBucket } from '@banknote-loop/local/prepare-cloud';
import { startStorage } from '@banknote-loop/local-cloud';
import { type ModelStore, openModelStore } from '@banknote-loop/shared/bucket';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { banknotes } from './data-sets.ts';

export interface TestStore {
  readonly store: ModelStore;
  /** The same bucket for those who ask for signatures. */
  withKeys(keys: string): Promise<ModelStore>;
  /** Where it keeps them. */
  readonly folder: string;
  close(): Promise<void>;
}

/** A real store of models, in which those of these names are: each the same small one, which can be loaded. */
export function openTestStore(...names: readonly string[]): Promise<TestStore> {
  return openStoreIn(newFolder(), names);
}

/** An empty one for the models of another data set. */
export function openTestStoreOf(dataSet: DataSet): Promise<TestStore> {
  return openStoreIn(newFolder(), [], dataSet);
}

/** A store of its own that has what another one has. */
export function copyTestStore({ folder }: Pick<TestStore, 'folder'>): Promise<TestStore> {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return openStoreIn(copy, []);
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'banknote-loop-models-'));

async function openStoreIn(
  folder: string,
  names: readonly string[],
  dataSet: DataSet = banknotes,
): Promise<TestStore> {
  const storage = await startStorage({ folder });
  process.env.METADATA_SERVER_DETECTION = 'none';
  const address = { PROJECT_ID: 'test', BUCKET: 'models', STORAGE_EMULATOR_HOST: storage.url };
  await prepareBucket(address);
  const store = await openModelStore(address, dataSet.name);
  await Promise.all(names.map(name => store.save(name, smallModel)));
  return {
    store,
    folder,
    withKeys: MODEL_KEYS => openModelStore({ ...address, MODEL_KEYS }, dataSet.name),
    async close() {
      await storage.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const smallModel = readFileSync(
  join(import.meta.dirname, '../../shared/src/classifier/model-file-v1.json'),
  'utf8',
);
