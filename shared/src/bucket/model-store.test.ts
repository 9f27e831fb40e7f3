import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareBucket } from '@banknote-loop/local/prepare-cloud';
import { type LocalStorage, startStorage } from '@banknote-loop/local-cloud';
import { failureOf } from '@banknote-loop/testing';
import { classify } from '../base/errors.ts';
import { type ModelStore, openModelStore } from './model-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-models-'));
let storage: LocalStorage;
let store: ModelStore;
beforeAll(async () => {
  storage = await startStorage({ folder });
  process.env.METADATA_SERVER_DETECTION = 'none';
  store = await openBucket('models', 'banknotes');
});
async function openBucket(BUCKET: string, dataSet: string): Promise<ModelStore> {
  const address = { PROJECT_ID: 'test', BUCKET, STORAGE_EMULATOR_HOST: storage.url };
  await prepareBucket(address);
  return openModelStore(address, dataSet);
}

afterAll(async () => {
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});

it('gives back what was saved', async () => {
  await store.save('a.json', '{"name":"é"}');
  expect(await store.load('a.json')).toBe('{"name":"é"}');
});

it('writes a file once: the same again is fine, another is not', async () => {
  await store.save('b.json', 'first');
  // As after an upload whose answer got lost.
  await store.save('b.json', 'first');
  await expect(store.save('b.json', 'second')).rejects.toMatchObject({ code: 412 });
  expect(await store.load('b.json')).toBe('first');
});

it('takes a file that is not there for one that comes later', async () => {
  expect(await store.find('none.json')).toBeUndefined();
  const error = await failureOf(store.load('none.json'));
  expect(error).toMatchObject({ message: 'The bucket has no model none.json.' });
  expect(classify(error)).toBe('transient');
});

it('tries again by itself when the bucket has a bad moment, and otherwise leaves it to the message', async () => {
  await store.save('c.json', 'content');
  storage.faults.failShare = 1;
  const error = await failureOf(store.load('c.json'));
  storage.faults.failShare = 0;
  expect(error).toMatchObject({ message: 'The model c.json could not be downloaded.' });
  expect(classify(error)).toBe('transient');
  expect(storage.injected).toBeGreaterThan(1);
  expect(await store.load('c.json')).toBe('content');
});

describe('a bucket of another data set', () => {
  const refusal =
    'The bucket wines holds the models of wine, and not those of iris: give iris a bucket of its own (BUCKET).';

  it('is refused by name, and nothing is written to it or read from it', async () => {
    await (await openBucket('wines', 'wine')).save('a.json', '{}');
    const wrong = await openBucket('wines', 'iris');
    await expect(wrong.save('b.json', '{}')).rejects.toThrow(refusal);
    await expect(wrong.load('a.json')).rejects.toThrow(refusal);
    const right = await openBucket('wines', 'wine');
    expect(await right.find('b.json')).toBeUndefined();
    expect(await right.load('a.json')).toBe('{}');
  });

  it.each([
    ['banknotes', '{ "format": "from before there was a choice" }'],
    ['wine', '{ "data_set": { "name": "wine" } }'],
  ])('is known by its models where it does not say whose it is: %s', async (owner, content) => {
    const name = `unmarked-${owner}`;
    const address = `${storage.url}/upload/storage/v1/b/${name}/o?uploadType=media&name=old.json`;
    const wrong = await openBucket(name, 'iris');
    expect((await fetch(address, { method: 'POST', body: content })).status).toBe(200);
    await expect(wrong.save('b.json', '{}')).rejects.toThrow(
      `holds the models of ${owner}, and not those of iris`,
    );
    const right = await openBucket(name, owner);
    await right.save('b.json', '{}');
    expect(await right.load('old.json')).toBe(content);
  });
});
