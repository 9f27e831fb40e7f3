import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new folder for everything that a test's loop keeps. PostgreSQL's own account may enter it: otherwise, under root,
 * the database would live elsewhere, and stay when this folder goes.
 */
export function makeTempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-test-'));
  chmodSync(folder, 0o755);
  return folder;
}
