import { type Logger, pino, symbols } from 'pino';
import type { Trace } from './trace.ts';

export type { Logger };

/** Counts and ids for a log line, and for the span of the same work. */
export type Facts = Readonly<Record<string, string | number | boolean | null | undefined>>;

const severities: Readonly<Record<string, string>> = {
  trace: 'DEBUG',
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
  fatal: 'CRITICAL',
};

/**
 * One JSON object a line, in the shape that Cloud Logging reads. Counts and ids only: never a payload or a password.
 * `holdMs` is for how long lines may wait for company; without it, they go at the end of the turn of the event loop.
 */
export function createLogger(functionName: string, level = 'info', holdMs?: number): Logger {
  const options = {
    level,
    messageKey: 'message',
    base: { function: functionName },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }) },
  };
  return pino(options, outputHolding(holdMs));
}

/** What comes above these is not held. */
const highestHeld = 30;
/** A pipe holds four times as much: with more, whoever writes waits until somebody reads. */
const mostHeld = 16 * 1024;

let lines = '';

/** Writes what has come, at once: a pipe or a file takes it before this returns. */
function writeLines(): void {
  const text = lines;
  lines = '';
  if (text !== '') process.stdout.write(text);
}
process.on('exit', writeLines);

/**
 * Standard output, to which the lines of some milliseconds go in one write: a system call for each, and whoever reads
 * woken by it, would cost more than the line. A warning or an error takes along at once what waits, so that the last
 * lines of a crash are there.
 */
function outputHolding(holdMs: number | undefined) {
  const later =
    holdMs === undefined ? () => setImmediate(writeLines) : () => setTimeout(writeLines, holdMs).unref();
  return {
    [symbols.needsMetadataGsym]: true as const,
    lastLevel: 0,
    write(line: string): void {
      if (lines === '') later();
      lines += line;
      if (this.lastLevel > highestHeld || lines.length > mostHeld) writeLines();
    },
  };
}

/** The fields by which Cloud Logging shows a line with the span that wrote it. */
export function traceFields({ traceId, spanId, flags }: Trace, projectId: string) {
  return {
    'logging.googleapis.com/trace': `projects/${projectId}/traces/${traceId}`,
    'logging.googleapis.com/spanId': spanId,
    // The last bit of the flags says whether the trace is recorded.
    'logging.googleapis.com/trace_sampled': (Number.parseInt(flags, 16) & 1) === 1,
  };
}

/** How long ago that was by `performance.now()`, to a hundredth of a millisecond. */
export function secondsSince(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 100) / 100_000;
}
