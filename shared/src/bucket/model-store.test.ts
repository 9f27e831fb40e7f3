import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { prepareBucket } from '@banknote-loop/local/prepare-cloud';
import { type LocalStorage, startStorage } from '@banknote-loop/local-cloud';
import { failureOf } from '@banknote-loop/testing';
import { classify } from '../base/errors.ts';
import { contentHash } from './content-hash.ts';
import { type ModelStore, openModelStore } from './model-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-models-'));
let storage: LocalStorage;
let store: ModelStore;
beforeAll(async () => {
  storage = await startStorage({ folder });
  process.env.METADATA_SERVER_DETECTION = 'none';
  store = await openBucket('models', 'banknotes');
});
async function openBucket(BUCKET: string, dataSet: string, MODEL_KEYS?: string): Promise<ModelStore> {
  const address = { PROJECT_ID: 'test', BUCKET, STORAGE_EMULATOR_HOST: storage.url, MODEL_KEYS };
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

it('loads large files with no stream that has more listeners than Node.js takes for sound', async () => {
  const tooMany: unknown[] = [];
  const { on } = Readable.prototype;
  const spy = jest.spyOn(Readable.prototype, 'on').mockImplementation(function (
    this: Readable,
    event,
    listener,
  ) {
    on.call(this, event, listener);
    if (this.listenerCount(event) > this.getMaxListeners()) tooMany.push(event);
    return this;
  });
  const large = 'x'.repeat(300_000);
  await store.save('large.json', large);
  expect(await store.load('large.json')).toBe(large);
  spy.mockRestore();
  expect(tooMany).toEqual([]);
});

it('writes a file once: the same again is fine, another is not', async () => {
  await store.save('b.json', 'first');
  // As after an upload whose answer got lost.
  await store.save('b.json', 'first');
  await expect(store.save('b.json', 'second')).rejects.toThrow('The bucket has another file b.json already.');
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

describe('signatures', () => {
  const [first, second] = [`first:${'1'.repeat(64)}`, `second:${'2'.repeat(64)}`];
  const open = (keys?: string) => openBucket('signed', 'banknotes', keys);

  it('let nobody answer with a file that only the bucket vouches for', async () => {
    const signed = await open(first);
    await signed.save('mine.json', '{"weights":1}');
    expect(await signed.load('mine.json')).toBe('{"weights":1}');
    const intruder = await open();
    await intruder.save('forged.json', '{"weights":2}');
    await intruder.save('forged.json.sig', `first:${'0'.repeat(64)}`);
    await intruder.save('unsigned.json', '{"weights":3}');
    // Another model's signature does not do either.
    await intruder.save('renamed.json', '{"weights":1}');
    await intruder.save('renamed.json.sig', await intruder.load('mine.json.sig'));
    for (const name of ['forged.json', 'unsigned.json', 'renamed.json']) {
      const error = await failureOf(signed.load(name));
      expect(classify(error)).toBe('permanent');
      expect(String(error)).toContain('not signed');
    }
  });

  it('of an earlier key are believed while it is there, and a new key signs', async () => {
    await (await open(first)).save('old.json', 'old');
    const rotated = await open(`${second},${first}`);
    await rotated.save('new.json', 'new');
    await rotated.save('old.json', 'old');
    expect([await rotated.load('old.json'), await rotated.load('new.json')]).toEqual(['old', 'new']);
    const later = await open(second);
    expect(await later.load('new.json')).toBe('new');
    await expect(later.load('old.json')).rejects.toThrow('not signed');
  });

  it('are checked with keys that came in since ours were read', async () => {
    let kept = first;
    const address = { PROJECT_ID: 'test', BUCKET: 'rotated', STORAGE_EMULATOR_HOST: storage.url };
    const other = await openBucket('rotated', 'banknotes', `${second},${first}`);
    const running = await openModelStore(address, 'banknotes', async () => `${kept}\n`);
    await running.save('a.json', 'a');
    await other.save('b.json', 'b');
    await expect(running.load('b.json')).rejects.toThrow('not signed');
    kept = `${second},${first}`;
    expect([await running.load('b.json'), await running.load('a.json')]).toEqual(['b', 'a']);
  });

  it('need keys that are whole', async () => {
    const address = { PROJECT_ID: 'test', BUCKET: 'signed', STORAGE_EMULATOR_HOST: storage.url };
    const store = await openModelStore(address, 'banknotes', async () => 'half:1234');
    await expect(store.load('mine.json')).rejects.toThrow('The keys to sign with are malformed');
  });

  it('do not stand for a content other than that which was recorded', async () => {
    const signed = await open(first);
    await signed.save('recorded.json', 'one');
    expect(await signed.load('recorded.json', contentHash('one'))).toBe('one');
    await expect(signed.load('recorded.json', contentHash('two'))).rejects.toMatchObject({
      name: 'PermanentError',
      message: 'The model file recorded.json has another content than when it was recorded.',
    });
  });

  it('can be given to what was there before', async () => {
    await (await openBucket('earlier', 'banknotes')).save('a.json', 'a');
    const signed = await openBucket('earlier', 'banknotes', first);
    await expect(signed.load('a.json')).rejects.toThrow('not signed');
    expect(await signed.signAll()).toBe(1);
    expect(await signed.signAll()).toBe(0);
    expect(await signed.load('a.json')).toBe('a');
  });
});
