import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Folder {
  readonly path: string;
  remove(): void;
}

/** A folder for one part of the benchmark. PostgreSQL has an account of its own under root, which must get in, too. */
export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'banknote-loop-bench-'));
  chmodSync(path, 0o755);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
