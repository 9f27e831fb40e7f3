import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { type Checksums, verifyChecksums } from './checksums.ts';
import { readRecord, writeRecord } from './disk.ts';
import type { ObjectStore } from './object-store.ts';
import { preconditionsSchema } from './preconditions.ts';
import type { UploadRange } from './ranges.ts';
import { attributesSchema, type ObjectRecord, objectSchema } from './records.ts';
import { stagedFile } from './staging.ts';
import { invalid, notFound, unavailable } from './storage-error.ts';
import { Turns } from './turns.ts';

const weekMs = 7 * 24 * 60 * 60 * 1000;

const sessionSchema = z.object({
  target: z.object({ bucket: z.string(), name: z.string() }),
  attributes: attributesSchema,
  conditions: preconditionsSchema,
  expected: z.object({ crc32c: z.string().optional(), md5Hash: z.string().optional() }),
  /** The object, once the upload is complete: a client that missed the answer asks again. */
  result: objectSchema.optional(),
});
export type UploadSession = z.infer<typeof sessionSchema>;

/** How far an upload is: its bytes that are on disk, or the finished object. */
export type UploadProgress = { readonly persisted: number } | { readonly object: ObjectRecord };

export interface UploadPiece {
  readonly range: UploadRange;
  readonly body: Readable;
  readonly expected: Partial<Checksums>;
}

/** Uploads in several requests. They stand on disk, so that they can be resumed after a restart. */
export class ResumableUploads {
  readonly #folder: string;
  readonly #store: ObjectStore;
  readonly #turns = new Turns();

  constructor(folder: string, store: ObjectStore) {
    this.#folder = folder;
    this.#store = store;
    mkdirSync(folder, { recursive: true });
    this.#forgetOld();
  }

  begin(session: UploadSession): string {
    this.#store.checkWritable(session.target, session.conditions);
    const id = randomUUID();
    writeFileSync(this.#contentFile(id), '');
    writeRecord(this.#sessionFile(id), session);
    return id;
  }

  /** Takes what a request brings. A request may repeat bytes that are there already. */
  receive(id: string, piece: UploadPiece): Promise<UploadProgress> {
    return this.#turns.take(id, piece.body, async () => {
      const session = this.#session(id);
      if (session.result) return { object: session.result };
      const persisted = await this.#append(id, piece);
      return isComplete(piece.range, persisted) ? this.#finish(id, session, piece.expected) : { persisted };
    });
  }

  cancel(id: string): void {
    this.#session(id);
    this.#forget(id);
  }

  async #append(id: string, { range: { first }, body }: UploadPiece): Promise<number> {
    const file = this.#contentFile(id);
    const persisted = statSync(file).size;
    if (first === undefined) return persisted;
    if (first > persisted) {
      throw unavailable(
        `Bytes ${persisted} to ${first - 1} are missing. Ask for the upload's status and continue there.`,
      );
    }
    const target = await open(file, 'a');
    try {
      for await (const piece of skipBytes(body, persisted - first)) await target.appendFile(piece);
    } finally {
      await target.close();
    }
    return statSync(file).size;
  }

  async #finish(id: string, session: UploadSession, expected: Partial<Checksums>): Promise<UploadProgress> {
    const content = await stagedFile(this.#contentFile(id));
    try {
      verifyChecksums(session.expected, content);
      verifyChecksums(expected, content);
      const object = this.#store.put(session.target, content, session.attributes, session.conditions);
      writeRecord(this.#sessionFile(id), { ...session, result: object });
      return { object };
    } catch (error) {
      // What was received can never become the object.
      this.#forget(id);
      throw error;
    }
  }

  #session(id: string): UploadSession {
    const file = this.#sessionFile(id);
    if (!/^[\w-]+$/.test(id) || !existsSync(file))
      throw notFound(`There is no upload ${id}. Start it again.`);
    return readRecord(file, sessionSchema);
  }

  #forget(id: string): void {
    rmSync(this.#sessionFile(id), { force: true });
    rmSync(this.#contentFile(id), { force: true });
  }

  #forgetOld(): void {
    const files = readdirSync(this.#folder).map(name => path.join(this.#folder, name));
    for (const file of files) if (Date.now() - statSync(file).mtimeMs > weekMs) rmSync(file);
  }

  #sessionFile(id: string): string {
    return path.join(this.#folder, `${id}.json`);
  }

  #contentFile(id: string): string {
    return path.join(this.#folder, `${id}.content`);
  }
}

/** An upload of unknown size is complete when a request without a last byte has come to its end. */
function isComplete({ first, mayBeLast, total }: UploadRange, persisted: number): boolean {
  if (total === undefined) return first !== undefined && mayBeLast;
  if (persisted > total)
    throw invalid(`The upload has ${persisted} bytes, more than the ${total} it declared.`);
  return persisted === total;
}

async function* skipBytes(body: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const piece of body) {
    if (left < piece.length) yield piece.subarray(left);
    left = Math.max(0, left - piece.length);
  }
}
