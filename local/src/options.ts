import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ownFolder = join(import.meta.dirname, '../../.loop');

export interface StartOptions {
  readonly port: number;
  /** Where page and APIs listen: a container's are reached from outside of it. */
  readonly host: string;
  /** Where the data is kept. */
  readonly folder: string;
  /** Starts over with empty data. */
  readonly fresh: boolean;
  /** The least severe log lines that are shown. */
  readonly log: LogLevel;
  /** Shows the log lines of these functions only, or of all if there are none. */
  readonly only: readonly string[];
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export const usage = `npm start                        starts the whole loop on this machine
  -- --port N                    serves page and APIs on port N (8080)
  -- --host ADDRESS              … on this address of the machine (127.0.0.1)
  -- --fresh                     starts over: throws away the data in .loop/
  -- --folder FOLDER             keeps the data there instead of in .loop/
  -- --log debug|info|warn|error shows log lines from this severity on (warn)
  -- --only FUNCTION             shows the log lines of this function only; can be given again`;

/** Reads the command line; what is wrong with it is an error of one line. */
export function readOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8080' },
      host: { type: 'string', default: '127.0.0.1' },
      folder: { type: 'string', default: ownFolder },
      fresh: { type: 'boolean', default: false },
      log: { type: 'string', default: 'warn' },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, and was given "${values.port}".`);
  }
  const log = logLevels.find(level => level === values.log);
  if (!log) throw new Error(`--log takes ${logLevels.join(', ')}, and was given "${values.log}".`);
  const { host, fresh, only } = values;
  return { port, host, folder: resolve(values.folder), fresh, log, only };
}
