import { parseArgs } from 'node:util';
import { describe } from '@banknote-loop/shared/base';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import type { Part } from './part.ts';

const usualDataSet = 'banknotes';

export interface BenchOptions {
  /** The parts to run; all of them when none is named. */
  readonly only: readonly string[];
  readonly quick: boolean;
  /** Which tables the part of that name learns; all of them when none is named. */
  readonly tables: readonly string[];
  /** Whose items are sent. */
  readonly found: FoundDataSet;
  /** Where the findings go as JSON. */
  readonly json: string | undefined;
}

export const usage = `npm run bench                measures everything but rows and tables, which take an hour
  -- --only PART[,PART]      measures these parts only
  -- --table NAME            of the part tables only this one, and others named likewise
  -- --data-set NAME         sends the items of another data set: parts hop, loop and start
  -- --quick                 fewer sizes and repeats: shows that all works
  -- --json FILE             writes the findings there, too`;

/** Reads the command line; what is wrong with it is an error of one line. */
export function readOptions(
  args: readonly string[],
  parts: readonly Pick<Part, 'name' | 'takesAnyTable'>[],
): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      table: { type: 'string', multiple: true, default: [] },
      'data-set': { type: 'string', default: usualDataSet },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const dataSet = values['data-set'];
  const known = parts.map(({ name }) => name);
  const free = parts.filter(({ takesAnyTable }) => takesAnyTable).map(({ name }) => name);
  const named = values.only.split(',').filter(name => name !== '');
  const unknown = named.find(name => !known.includes(name));
  if (unknown) throw new Error(`--only takes ${known.join(', ')}, and was given "${unknown}".`);
  const only = named.length === 0 && dataSet !== usualDataSet ? free : named;
  const bound = only.find(name => !free.includes(name));
  if (bound && dataSet !== usualDataSet)
    throw new Error(`The part ${bound} measures ${usualDataSet}: --data-set goes with ${free.join(', ')}.`);
  const { table: tables, quick, json } = values;
  return { only, tables, found: findDataSet(dataSet), quick, json };
}

/** What a command line says, or the end of the process with what is wrong with it. */
export function orEnd<T>(read: () => T, help = ''): T {
  try {
    return read();
  } catch (error) {
    console.error(`${describe(error)}${help && `\n\n${help}`}`);
    process.exit(1);
  }
}
