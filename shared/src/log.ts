import { type Logger, pino } from 'pino';

export type { Logger };

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
  return pino({
    level,
    messageKey: 'message',
    base: { function: functionName },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: label => ({ severity: severities[label] ?? 'DEFAULT' }) },
  });
}
