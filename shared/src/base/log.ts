import { type Logger, pino } from 'pino';
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

/** One JSON object a line, in the shape that Cloud Logging reads. Counts and ids only: never a payload or a password. */
export function createLogger(functionName: string, level = 'info'): Logger {
  const options = {
    level,
    messageKey: 'message',
    base: { function: functionName },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ severity: severities[label] ?? 'DEFAULT' }) },
  };
  return pino(options, output);
}

let lines = '';

/** Writes what has come, at once: a pipe or a file takes it before this returns. */
function writeLines(): void {
  const text = lines;
  lines = '';
  if (text !== '') process.stdout.write(text);
}

/**
 * Standard output, to which the lines of one turn of the event loop go in one write: a system call for each would cost
 * more than the line. Nothing is kept longer than the turn, so that the last lines of a crash are there.
 */
const output = {
  write(line: string): void {
    if (lines === '') setImmediate(writeLines);
    lines += line;
  },
};
process.on('exit', writeLines);

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
