import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type DataSetChoice, usualDataSet } from './chosen-data-set.ts';

const ownFolder = join(import.meta.dirname, '../../.loop');

export interface StartOptions {
  readonly choice: DataSetChoice;
  readonly port: number;
  /** Where page and APIs listen: a container's are reached from outside of it. */
  readonly host: string;
  /** Lets anybody in who can reach an address beyond this machine. */
  readonly open: boolean;
  /** Where the data is kept, if not in the usual place of the data set. */
  readonly folder: string | undefined;
  /** Starts over with empty data. */
  readonly fresh: boolean;
  /** Lets the tables follow a declaration that has changed also where that loses rows or values. */
  readonly force: boolean;
  /** Builds and starts a function again whenever a source of its changes. */
  readonly watch: boolean;
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
  -- --open                      … lets anybody in there; without it, that takes sign-in (AUTH_JWKS_URL)
  -- --data-set NAME             serves another data set: npm run data-set -- list
  -- --data FILE                 serves a CSV file: works out its declaration, shows and keeps it
  -- --label COLUMN              … of which this column says what an item is
  -- --fresh                     starts over: throws away the data of the data set
  -- --force                     lets the tables follow a changed declaration also where that loses rows or values
  -- --folder FOLDER             keeps the data there instead of in .loop/ (.loop-NAME/ of other data sets)
  -- --watch                     builds and starts a function again whenever a source of its changes
  -- --log debug|info|warn|error shows log lines from this severity on (LOG_LEVEL, or warn)
  -- --only FUNCTION             shows the log lines of this function only; can be given again`;

/** Reads the command line; what is wrong with it is an error of one line. */
export function readOptions(args: readonly string[], { LOG_LEVEL }: NodeJS.ProcessEnv = {}): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string', default: '8080' },
      host: { type: 'string', default: '127.0.0.1' },
      open: { type: 'boolean', default: false },
      folder: { type: 'string' },
      'data-set': { type: 'string' },
      data: { type: 'string' },
      label: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      force: { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      log: { type: 'string', default: shownAt(LOG_LEVEL) },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, and was given "${values.port}".`);
  }
  const log = logLevels.find(level => level === values.log);
  if (!log) throw new Error(`--log takes ${logLevels.join(', ')}, and was given "${values.log}".`);
  const { host, open, fresh, force, watch, only, data, label, folder } = values;
  if (label !== undefined && data === undefined) {
    throw new Error('--label goes with --data: it names a column of the CSV file.');
  }
  const choice = { dataSet: values['data-set'], data, label };
  return { choice, port, host, open, folder: folder && resolve(folder), fresh, force, watch, log, only };
}

/** What is shown where nobody says it here: of what is only for functions, nothing less severe than an error. */
function shownAt(level: string | undefined): LogLevel {
  return logLevels.find(one => one === level) ?? (level ? 'error' : 'warn');
}

/** Where the data of a data set is kept, if nothing else is said. */
export function folderOf(name: string): string {
  return name === usualDataSet ? ownFolder : `${ownFolder}-${name}`;
}
