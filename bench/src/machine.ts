import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { bundledInstallation } from '@banknote-loop/local/postgres/binaries';
import type { ReportTable } from './report.ts';

/** What was measured on, since numbers of two machines cannot be compared. */
export function describeMachine(): ReportTable {
  const [processor] = cpus();
  return {
    title: 'Machine',
    columns: ['part', 'here'],
    rows: [
      ['processor', `${cpus().length} x ${processor?.model ?? 'unknown'}`],
      ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
      ['system', `${type()} ${release()}`],
      ['Node.js', process.version],
      ['PostgreSQL', bundledInstallation().version],
      ['Redis', redisVersion()],
      ['date', new Date().toISOString().slice(0, 10)],
    ],
  };
}

function redisVersion(): string {
  const [, version = 'unknown'] =
    /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
  return version;
}
