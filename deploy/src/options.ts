import { parseArgs } from 'node:util';
import { hours, type Load } from './cost/estimate.ts';

export const actions = [
  'up',
  'down',
  'check',
  'rollback',
  'logs',
  'status',
  'smoke',
  'deployer',
  'run',
  'cost',
  'take-over',
] as const;
type Action = (typeof actions)[number];

export interface Options {
  readonly action: Action;
  /** The function that `rollback` or `logs` is about. */
  readonly function: string | undefined;
  /** The tool that `run` runs inside the network, and what it is told. */
  readonly tool: readonly string[];
  readonly load: Load;
  readonly dryRun: boolean;
  readonly settings: string | undefined;
  readonly deleteData: boolean;
  readonly yes: boolean;
}

export const usage = `npm run deploy                       builds, and makes the project what env-vars.yaml says
npm run deploy -- check              compares what is there with what should be
npm run deploy -- rollback FUNCTION  lets the revision before the present one answer
npm run deploy -- logs [FUNCTION]    the newest log lines
npm run deploy -- status             the functions, and what they run on
npm run deploy -- cost               what it costs a month, by item
npm run deploy -- smoke              sends a note through the loop
npm run deploy -- run TOOL [ARGUMENTS]  doctor, rebuild-cache, models, people …, inside the project's network
npm run deploy -- take-over          makes the loop in STANDBY_REGION, when REGION is lost
npm run deploy -- deployer           makes the account that deploys for GitHub or Cloud Build
npm run deploy -- down               removes what was made, and keeps the data
     --dry-run          prints the commands, and runs none
     --settings FILE    takes another file than env-vars.yaml
     --delete-data      down: the database, models, password and dead letters go, too
     --yes              down, take-over: does not ask
     --notes-per-second N, --notes-per-batch N  cost: with this load
     --open-pages N, --page-hours H             cost: with so many pages looked at, for so many hours of the month`;

/** Reads the command line; what is wrong with it is an error of one line. */
export function readOptions(args: readonly string[]): Options {
  // What comes after the name of a tool is for the tool.
  const start = toolAt(args);
  const tool = start < 0 ? [] : args.slice(start);
  const { values, positionals } = parseArgs({
    args: start < 0 ? [...args] : args.slice(0, start + 1),
    allowPositionals: true,
    options: {
      'dry-run': { type: 'boolean', default: false },
      settings: { type: 'string' },
      'delete-data': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      'notes-per-second': { type: 'string', default: '1' },
      'notes-per-batch': { type: 'string' },
      'open-pages': { type: 'string', default: '0' },
      'page-hours': { type: 'string', default: String(hours) },
    },
  });
  const [word = 'up', name, ...others] = positionals;
  const action = actions.find(one => one === word);
  if (!action) throw new Error(`There is no "${word}": it is one of ${actions.join(', ')}.`);
  const takesFunction = action === 'rollback' || action === 'logs' || action === 'run';
  if (others.length > 0 || (name !== undefined && !takesFunction))
    throw new Error(`"${action}" was given too many words.`);
  if (action === 'rollback' && name === undefined) throw new Error('rollback takes the name of a function.');
  if (action === 'run' && name === undefined)
    throw new Error('run takes the name of a tool, such as doctor.');
  return {
    action,
    tool,
    load: readLoad(values),
    function: name,
    dryRun: values['dry-run'],
    settings: values.settings,
    deleteData: values['delete-data'],
    yes: values.yes,
  };
}

/** Where the name of a tool stands, after the word `run` and flags at most. */
function toolAt(args: readonly string[]): number {
  const action = args.findIndex((arg, i) => !arg.startsWith('--') && args[i - 1] !== '--settings');
  return args[action] === 'run' ? action + 1 : -1;
}

function readLoad(values: Readonly<Record<string, string | boolean | undefined>>): Load {
  const number = (name: string, value = values[name]): number => {
    const parsed = Number(value);
    if (Number.isFinite(parsed) && parsed >= 0) return parsed;
    throw new Error(`--${name} is ${value}, and should be a number.`);
  };
  const notesPerSecond = number('notes-per-second');
  // Whoever sends many sends them together.
  const usual = Math.min(100, Math.max(1, Math.round(notesPerSecond)));
  return {
    notesPerSecond,
    notesPerBatch: Math.max(1, number('notes-per-batch', values['notes-per-batch'] ?? String(usual))),
    openPages: number('open-pages'),
    pageHours: Math.min(hours, number('page-hours')),
  };
}
