import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** Where each function becomes the folder that is deployed. */
export const output = join(root, 'dist/functions');

/** Functions may be running from these files: each is the old one until it is the new one, and stays if they are alike. */
export function writeWhole(file: string, content: Uint8Array | string): void {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, file);
}
