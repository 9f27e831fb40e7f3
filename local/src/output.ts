import { styleText } from 'node:util';
import { type LogLevel, logLevels } from './options.ts';

const levelOf: Readonly<Record<string, LogLevel>> = {
  DEBUG: 'debug',
  INFO: 'info',
  WARNING: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
};
const colours = { debug: 'gray', info: 'green', warn: 'yellow', error: 'red' } as const;

/** What has its own place in the line. */
const placed = new Set(['severity', 'time', 'function', 'message']);
/** What machines need to find a line, and a person only when looking for a fault. */
const forMachines =
  /^(logging\.googleapis\.com\/.*|event_id|outcome|attempt|db_.*|model_age_seconds|total_seconds)$/;

/** Makes a function's JSON log line readable; nothing if it is below what the user wants to see. */
export function formatLogLine(
  name: string,
  line: string,
  least: LogLevel,
  entry = parseLogLine(line),
): string | undefined {
  // A program that breaks down does not write JSON.
  if (!entry) return `${styleText('red', name.padEnd(20))} ${line}`;
  const level = levelOf[String(entry.severity)] ?? 'info';
  if (logLevels.indexOf(level) < logLevels.indexOf(least)) return undefined;
  const time = styleText('gray', String(entry.time).slice(11, 23));
  const facts = factsOf(entry, least === 'debug').join(' ');
  return `${time} ${styleText(colours[level], name.padEnd(20))} ${entry.message} ${facts}`;
}

function factsOf(entry: LogLine, all: boolean): readonly string[] {
  return Object.entries(entry)
    .filter(([key]) => !placed.has(key) && (all || !forMachines.test(key)))
    .map(([key, value]) => factOf(key, value));
}

function factOf(key: string, value: unknown): string {
  if (key.endsWith('_seconds') && typeof value === 'number') {
    return styleText('gray', `${key.slice(0, -'_seconds'.length)}=`) + formatSeconds(value);
  }
  return styleText('gray', `${key}=`) + (typeof value === 'string' ? value : JSON.stringify(value));
}

function formatSeconds(seconds: number): string {
  if (seconds < 1) return `${(seconds * 1000).toFixed(1)}ms`;
  return seconds < 120 ? `${seconds.toFixed(1)}s` : `${Math.round(seconds / 60)}min`;
}

export type LogLine = Readonly<Record<string, unknown>>;

/** The fields of a line that a function wrote; nothing if it is no line of its log. */
export function parseLogLine(line: string): LogLine | undefined {
  try {
    const fields: unknown = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? { ...fields } : undefined;
  } catch {
    return undefined;
  }
}
