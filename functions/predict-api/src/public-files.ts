import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface PublicFile {
  readonly type: string;
  readonly etag: string;
  readonly content: Buffer;
  /** The same, compressed; only of what becomes smaller by it. */
  readonly brotli: Buffer | undefined;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

/** The build puts them beside the bundle. */
const folder = join(import.meta.dirname, 'public');

let files: ReadonlyMap<string, PublicFile> | undefined;

/** A file of the page. All are read once, and kept: together they are smaller than one batch of notes. */
export function publicFile(name: string): PublicFile | undefined {
  files ??= readAll();
  return files.get(name);
}

function readAll(): ReadonlyMap<string, PublicFile> {
  const names = readdirSync(folder).filter(name => extname(name) in types);
  return new Map(names.map(name => [name, readOne(name)]));
}

function readOne(name: string): PublicFile {
  const content = readFileSync(join(folder, name));
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 20)}"`;
  return { type: types[extname(name)] ?? '', etag, content, brotli: readIfThere(`${name}.br`) };
}

function readIfThere(name: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return undefined;
  }
}
