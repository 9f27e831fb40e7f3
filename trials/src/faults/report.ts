import type { Violation } from './audit.ts';
import type { Overload } from './overload.ts';
import type { FaultReport } from './run.ts';

const findingsShown = 20;

/** The report as a table for a terminal. */
export function formatReport(report: FaultReport): string {
  const { sent, injected, redeliveries, drainSeconds, models, findings, overload } = report;
  return [
    '',
    ...table('sent', sent),
    ...table('injected', injected),
    ...table('outcome', {
      redeliveries,
      'models trained': models,
      'seconds to drain': round(drainSeconds),
      ...countKinds(findings),
    }),
    ...(overload ? overloadTable(overload) : []),
    ...findings.slice(0, findingsShown).map(({ kind, what }) => `${kind}: ${what}`),
    ...(findings.length > findingsShown ? [`and ${findings.length - findingsShown} more`] : []),
  ].join('\n');
}

export function countKinds(findings: readonly Violation[]): Record<Violation['kind'], number> {
  const kinds = { lost: 0, doubled: 0, wrong: 0 };
  for (const { kind } of findings) kinds[kind] += 1;
  return kinds;
}

function overloadTable({
  messages,
  seconds,
  throughput,
  redeliveries,
  latencyMs,
  peaks,
}: Overload): string[] {
  return [
    ...table('overload', {
      'messages at once': messages,
      'seconds until all were stored': round(seconds),
      'messages a second': Math.round(throughput),
      redeliveries,
      'latency before, ms (median)': round(latencyMs.before),
      'latency after, ms (median)': round(latencyMs.after),
    }),
    ...table(
      'most memory, MB',
      Object.fromEntries([...peaks].map(([name, peak]) => [name, Math.round(peak)])),
    ),
  ];
}

function table(title: string, rows: Readonly<Record<string, number>>): string[] {
  return [
    title,
    ...Object.entries(rows).map(([name, value]) => `  ${name.padEnd(32)} ${String(value).padStart(10)}`),
    '',
  ];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
