import { randomUUID } from 'node:crypto';
import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import path from 'node:path';
import { ChecksumBuilder, type Checksums } from './checksums.ts';

/** Bytes on disk that are not an object yet. */
export interface StagedContent extends Checksums {
  readonly file: string;
  readonly size: number;
}

/** A folder for content on its way in, emptied at each start. */
export class Staging {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }

  async receive(source: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<StagedContent> {
    const file = this.#newFile();
    const checksums = new ChecksumBuilder();
    const target = await open(file, 'w');
    try {
      for await (const piece of source) {
        checksums.update(piece);
        await target.appendFile(piece);
      }
    } finally {
      await target.close();
    }
    return { file, ...checksums.finish() };
  }

  /** Removes what did not become an object. */
  discard({ file }: StagedContent): void {
    rmSync(file, { force: true });
  }

  async copy(source: string, { crc32c, md5Hash, size }: Omit<StagedContent, 'file'>): Promise<StagedContent> {
    const file = this.#newFile();
    await copyFile(source, file);
    return { file, crc32c, md5Hash, size };
  }

  #newFile(): string {
    return path.join(this.#folder, randomUUID());
  }
}

/** Content that already stands in a file of its own. */
export async function stagedFile(file: string): Promise<StagedContent> {
  const checksums = new ChecksumBuilder();
  for await (const piece of createReadStream(file)) checksums.update(piece);
  return { file, ...checksums.finish() };
}
