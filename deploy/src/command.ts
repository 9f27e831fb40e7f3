import { quoteForShell } from '@banknote-loop/shared/base';

/** A gcloud command as data. `${NAME}` in an argument stands for a value that is looked up when it is needed. */
export interface Command {
  readonly args: readonly string[];
  /** What the command reads from its standard input, where neither a process list nor a file shows it. */
  readonly input?: Input;
}

export function gcloud(...args: readonly string[]): Command {
  return { args };
}

/** The same command with something to read. */
export function reading(input: Input, command: Command): Command {
  return { ...command, input };
}

/** The same command for one project, asking nothing: what gcloud happens to be configured with plays no part. */
export function inProject(projectId: string, { args, input }: Command): Command {
  const from = input?.from && inProject(projectId, input.from);
  return {
    args: [...args, `--project=${projectId}`, '--quiet'],
    ...(input && { input: { ...input, ...(from && { from }) } }),
  };
}

export const placeholder = /\$\{(\w+)\}/g;

/** The names of the values that the texts speak of. */
export function placeholdersIn(texts: readonly string[]): readonly string[] {
  return texts.flatMap(text => Array.from(text.matchAll(placeholder), ([, name = '']) => name));
}

/** The command as one would type it. */
export function render({ args, input }: Command): string {
  const line = ['gcloud', ...args].map(quote).join(' ');
  if (!input) return line;
  const script = [
    'node',
    'scripts/run.mjs',
    'deploy/src/input.ts',
    input.name,
    ...input.args.map(quote),
  ].join(' ');
  const source = input.from ? `${render(input.from)} | ` : '';
  return `${source}${script} | ${line}`;
}

/** The line that gives a shell the value which other lines name. */
export function renderLookup(name: string, command: Command): string {
  return `${name}=$(${render(command)})`;
}

function quote(text: string): string {
  if (text.endsWith('=')) return `${text}""`;
  if (/^[\w@%+=:,./~^-]+$/.test(text)) return text;
  if (placeholdersIn([text]).length === 0) return quoteForShell(text);
  // Between double quotes the shell fills the values in; everything else that it would take for itself is escaped.
  const escaped = text.replace(/["`\\]|\$(?!\{\w+\})/g, character => `\\${character}`);
  return `"${escaped}"`;
}

/** `A=1,B=2`, or with another separator, said first as gcloud wants it, where a value contains a comma. */
export function dictionary(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const separator = [',', '|', '##', '@@'].find(one => pairs.every(pair => !pair.includes(one)));
  if (!separator)
    throw new Error('The values of the variables contain every separator that gcloud could use.');
  return separator === ',' ? pairs.join(',') : `^${separator}^${pairs.join(separator)}`;
}

export type InputName =
  | 'new-password'
  | 'new-key'
  | 'set-up-sql'
  | 'user-sql'
  | 'as-told'
  | 'log-metric'
  | 'alert'
  | 'dashboard'
  | 'url-map';

/** What a command reads from its standard input; `input.ts` makes it. */
export interface Input {
  readonly name: InputName;
  readonly args: readonly string[];
  /** Whose output it is made of. */
  readonly from?: Command;
}

/** The value of `${NAME}`, which only the project knows: the command that tells it. */
export type Lookups = Readonly<Record<string, Lookup>>;

interface Lookup extends Command {
  /** Nothing is a value, too. */
  readonly mayBeEmpty?: true;
}
