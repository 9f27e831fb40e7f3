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

/** What every line has, and a person on a laptop has no use for. */
const unread = new Set(['severity', 'time', 'function', 'message', 'trace_id', 'event_id']);

/** Makes a function's JSON log line readable; nothing if it is below what the user wants to see. */
export function formatLogLine(name: string, line: string, least: LogLevel): string | undefined {
  const entry = parse(line);
  if (!entry) return `${styleText('red', name)} ${line}`;
  const level = levelOf[String(entry.severity)] ?? 'info';
  if (logLevels.indexOf(level) < logLevels.indexOf(least)) return undefined;
  const facts = Object.entries(entry)
    .filter(([key]) => !unread.has(key))
    .map(
      ([key, value]) =>
        styleText('gray', `${key}=`) + (typeof value === 'string' ? value : JSON.stringify(value)),
    );
  return `${styleText(colours[level], name.padEnd(20))} ${entry.message} ${facts.join(' ')}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}
