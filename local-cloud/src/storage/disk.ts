import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Writes a record so that a crash leaves the old one or the new one, never a part of it. */
export function writeRecord(file: string, record: object): void {
  const unfinished = `${file}.unfinished`;
  writeFileSync(unfinished, JSON.stringify(record));
  renameSync(unfinished, file);
}

export function readRecord<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is not a record of the local object store. Delete it to start without it.`, {
      cause,
    });
  }
}
