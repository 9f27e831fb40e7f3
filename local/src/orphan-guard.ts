import { spawn } from 'node:child_process';

export interface OrphanGuard {
  release(): void;
}

/**
 * Ends a program when this process dies without being able to do so itself, as on SIGKILL. The guard is a shell
 * that waits on a pipe which the operating system closes together with us.
 */
export function guardAgainstOrphan(pid: number, signal: NodeJS.Signals): OrphanGuard {
  const script = 'read -r _; kill -s "$1" "$2"';
  const shell = spawn('/bin/sh', ['-c', script, 'orphan-guard', signal.replace('SIG', ''), String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell there is no guard; the next start still finds the orphan by its pid file.
  shell.on('error', () => undefined);
  return { release: () => shell.kill('SIGKILL') };
}
