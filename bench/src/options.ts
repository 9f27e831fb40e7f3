import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** The parts to run; all of them when none is named. */
  readonly only: readonly string[];
  readonly quick: boolean;
  /** Which tables the part of that name learns; all of them when none is named. */
  readonly tables: readonly string[];
  /** Where the findings go as JSON. */
  readonly json: string | undefined;
}

export const usage = `npm run bench                measures everything, in about ten minutes
  -- --only PART[,PART]      measures these parts only
  -- --tables NAME[,NAME]    of the part tables only these
  -- --quick                 fewer sizes and repeats: shows that all works
  -- --json FILE             writes the findings there, too`;

/** Reads the command line; what is wrong with it is an error of one line. */
export function readOptions(args: readonly string[], parts: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      tables: { type: 'string', default: '' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const only = namesIn(values.only);
  const unknown = only.find(name => !parts.includes(name));
  if (unknown) throw new Error(`--only takes ${parts.join(', ')}, and was given "${unknown}".`);
  return { only, tables: namesIn(values.tables), quick: values.quick, json: values.json };
}

function namesIn(list: string): string[] {
  return list.split(',').filter(name => name !== '');
}
