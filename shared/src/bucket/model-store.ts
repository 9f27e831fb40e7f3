import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Bucket } from '@google-cloud/storage';
import { z } from 'zod';
import { PermanentError, TransientError } from '../base/errors.ts';
import { SigningKeys } from '../base/signing-keys.ts';
import { contentHash } from './content-hash.ts';

export interface BucketAddress {
  readonly PROJECT_ID: string;
  readonly BUCKET: string;
  readonly STORAGE_EMULATOR_HOST?: string | undefined;
  /** What signs models, and what signatures are believed. Without it, none are asked for. */
  readonly MODEL_KEYS?: string | undefined;
}

/** Reads the keys that sign models, from wherever they are kept. */
export type ReadKeys = () => Promise<string>;

/** The client retries by itself; the message that waits for it must not wait long. */
const timeoutMs = 10_000;

const createOnly = {
  resumable: false,
  validation: 'crc32c',
  preconditionOpts: { ifGenerationMatch: 0 },
} as const;

/** The object that says whose models are in the bucket. */
const ownerFile = 'data-set';
const model = z.object({ data_set: z.object({ name: z.string() }) });

/** A file of this name has another content, whoever has written it. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';

  constructor(fileName: string) {
    super(`The bucket has another file ${fileName} already.`);
  }
}

/** Whose a model is; one from before there was a choice is the banknotes'. */
function ownerIn(text: string): string {
  try {
    return model.parse(JSON.parse(text)).data_set.name;
  } catch {
    return 'banknotes';
  }
}

/**
 * The bucket of the model files of one data set. A file is written once and never changed, so that its name stands for
 * its content. Nothing is written to, or read from, the bucket of another data set.
 */
export class ModelStore {
  readonly #bucket: Bucket;
  readonly #dataSet: string;
  readonly #readKeys: ReadKeys | undefined;
  #keys: SigningKeys | undefined;
  #isOurs = false;

  constructor(bucket: Bucket, dataSet: string, readKeys?: ReadKeys) {
    this.#bucket = bucket;
    this.#dataSet = dataSet;
    this.#readKeys = readKeys;
  }

  async save(fileName: string, content: string): Promise<void> {
    await this.claim();
    // The signature comes first: no file is ever there without it.
    await this.#sign(fileName, content);
    await this.#write(fileName, content);
  }

  /** Keeps something else than a model: whoever gives it a name sees to it that nobody else does. */
  async archive(fileName: string, content: Buffer): Promise<void> {
    await this.claim();
    try {
      await this.#bucket.file(fileName).save(content, { ...createOnly, contentType: 'application/gzip' });
    } catch (error) {
      // The answer to an upload got lost, and the client has tried it again.
      if (codeOf(error) !== 412) throw error;
    }
  }

  /** Deletes a model's file, and then what signs it; nothing if that has been done. */
  async remove(fileName: string): Promise<void> {
    await this.#refuseOthers();
    await this.#bucket.file(fileName).delete({ ignoreNotFound: true });
    await this.#bucket.file(signatureOf(fileName)).delete({ ignoreNotFound: true });
  }

  /** Signs the files that were there before there was a key. */
  async signAll(): Promise<number> {
    const [files] = await this.#bucket.getFiles();
    const names = new Set(files.map(({ name }) => name));
    const unsigned = [...names].filter(name => name.endsWith('.json') && !names.has(signatureOf(name)));
    for (const name of unsigned) await this.#sign(name, (await this.#read(name)) ?? '');
    return unsigned.length;
  }

  async #sign(fileName: string, content: string): Promise<void> {
    const keys = this.#keys ?? (await this.#renewKeys());
    if (!keys) return;
    try {
      await this.#write(signatureOf(fileName), keys.sign(fileName, content));
    } catch (error) {
      // A training that died in between has signed it already, with an earlier key perhaps.
      if (!(error instanceof NameTakenError) || !(await this.#isSigned(fileName, content))) throw error;
    }
  }

  async #isSigned(fileName: string, content: string): Promise<boolean> {
    if (!this.#readKeys) return true;
    const signature = await this.#read(signatureOf(fileName));
    if (signature === undefined) return false;
    if (this.#keys?.isSigned(fileName, content, signature)) return true;
    // Another process may sign with a key that came in since ours were read.
    return (await this.#renewKeys())?.isSigned(fileName, content, signature) ?? false;
  }

  async #renewKeys(): Promise<SigningKeys | undefined> {
    if (this.#readKeys) this.#keys = new SigningKeys((await this.#readKeys()).trim());
    return this.#keys;
  }

  async #write(fileName: string, content: string): Promise<void> {
    try {
      await this.#bucket.file(fileName).save(content, { ...createOnly, contentType: 'application/json' });
    } catch (error) {
      if (codeOf(error) !== 412) throw error;
      // An upload whose answer got lost is tried again by the client, and then finds its own file.
      if ((await this.#read(fileName)) !== content) throw new NameTakenError(fileName);
    }
  }

  /** Says whose it is, if nobody has; fails if it is another data set's. */
  async claim(): Promise<void> {
    await this.#refuseOthers();
    if (this.#isOurs) return;
    const [[oldest]] = await this.#bucket.getFiles({ maxResults: 1 });
    if (oldest) this.#refuse(ownerIn((await this.#read(oldest.name)) ?? ''));
    try {
      await this.#write(ownerFile, this.#dataSet);
    } catch (error) {
      if (!(error instanceof NameTakenError)) throw error;
    }
    await this.#refuseOthers();
  }

  async #refuseOthers(): Promise<void> {
    if (this.#isOurs) return;
    const owner = await this.#read(ownerFile);
    if (owner === undefined) return;
    this.#refuse(owner);
    this.#isOurs = true;
  }

  #refuse(owner: string): void {
    if (owner === this.#dataSet) return;
    throw new Error(
      `The bucket ${this.#bucket.name} holds the models of ${owner}, and not those of ${this.#dataSet}: give ${this.#dataSet} a bucket of its own (BUCKET).`,
    );
  }

  /** The content of a file that must be there, if not now then soon; with its hash, where one was recorded. */
  async load(fileName: string, sha256?: string): Promise<string> {
    const content = await this.find(fileName, sha256);
    if (content === undefined) throw new TransientError(`The bucket has no model ${fileName}.`);
    return content;
  }

  /** The content of a file, or nothing if there is none of that name. */
  async find(fileName: string, sha256?: string): Promise<string | undefined> {
    await this.#refuseOthers();
    const content = await this.#read(fileName);
    if (content === undefined) return undefined;
    if (!(await this.#isSigned(fileName, content))) {
      throw new PermanentError(`The model file ${fileName} is not signed with a key of this deployment.`);
    }
    if (sha256 !== undefined && contentHash(content) !== sha256) {
      throw new PermanentError(`The model file ${fileName} has another content than when it was recorded.`);
    }
    return content;
  }

  async #read(fileName: string): Promise<string | undefined> {
    try {
      const content = this.#bucket.file(fileName).createReadStream({ validation: 'crc32c' });
      // The client leads the body of an answer into two pipelines, which listen to it a dozen times: above ten Node.js
      // warns of a leak, once for each file that is large enough to be still on its way.
      content.once('response', (body: Readable) => body.setMaxListeners(20));
      return await text(content);
    } catch (cause) {
      if (codeOf(cause) === 404) return undefined;
      throw new TransientError(`The model ${fileName} could not be downloaded.`, { cause });
    }
  }
}

export async function openModelStore(
  { PROJECT_ID, BUCKET, STORAGE_EMULATOR_HOST, MODEL_KEYS }: BucketAddress,
  dataSet: string,
  readKeys: ReadKeys | undefined = MODEL_KEYS ? async () => MODEL_KEYS : undefined,
): Promise<ModelStore> {
  const { Storage } = await import('../clients/storage.ts');
  const storage = new Storage({
    projectId: PROJECT_ID,
    ...(STORAGE_EMULATOR_HOST && { apiEndpoint: STORAGE_EMULATOR_HOST }),
    timeout: timeoutMs,
    retryOptions: { maxRetries: 2, totalTimeout: timeoutMs / 1000 },
  });
  return new ModelStore(storage.bucket(BUCKET), dataSet, readKeys);
}

function signatureOf(fileName: string): string {
  return `${fileName}.sig`;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}
