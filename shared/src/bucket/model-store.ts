import type { Bucket } from '@google-cloud/storage';
import { TransientError } from '../base/errors.ts';

export interface BucketAddress {
  readonly PROJECT_ID: string;
  readonly BUCKET: string;
}

/** The client retries by itself; the message that waits for it must not wait long. */
const timeoutMs = 10_000;

/** The bucket of model files. A file is written once and never changed, so that its name stands for its content. */
export class ModelStore {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async save(fileName: string, content: string): Promise<void> {
    const options = {
      contentType: 'application/json',
      resumable: false,
      validation: 'crc32c',
      preconditionOpts: { ifGenerationMatch: 0 },
    } as const;
    try {
      await this.#bucket.file(fileName).save(content, options);
    } catch (error) {
      // An upload whose answer got lost is tried again by the client, and then finds its own file.
      if (codeOf(error) !== 412 || (await this.load(fileName)) !== content) throw error;
    }
  }

  /** The content of a file that must be there, if not now then soon. */
  async load(fileName: string): Promise<string> {
    const content = await this.find(fileName);
    if (content === undefined) throw new TransientError(`The bucket has no model ${fileName}.`);
    return content;
  }

  /** The content of a file, or nothing if there is none of that name. */
  async find(fileName: string): Promise<string | undefined> {
    try {
      const [content] = await this.#bucket.file(fileName).download({ validation: 'crc32c' });
      return content.toString('utf8');
    } catch (cause) {
      if (codeOf(cause) === 404) return undefined;
      throw new TransientError(`The model ${fileName} could not be downloaded.`, { cause });
    }
  }
}

export async function openModelStore({ PROJECT_ID, BUCKET }: BucketAddress): Promise<ModelStore> {
  const { Storage } = await import('../clients/storage.ts');
  const storage = new Storage({
    projectId: PROJECT_ID,
    timeout: timeoutMs,
    retryOptions: { maxRetries: 2, totalTimeout: timeoutMs / 1000 },
  });
  return new ModelStore(storage.bucket(BUCKET));
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined;
}
