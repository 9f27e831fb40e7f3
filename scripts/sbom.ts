import { spawnSync } from 'node:child_process';

/** All packages that are not for development alone, with versions, licences and hashes, as the lock file has them. */
export function listOfParts(): string {
  const words = ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'];
  // On Windows npm is a script, which only a shell starts.
  const { status, stdout, stderr } = spawnSync('npm', words, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`npm could not list what is in the functions: ${stderr}`);
  return stdout;
}
