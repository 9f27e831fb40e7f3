import { parseArgs } from 'node:util';
import { describe } from './errors.ts';

// What all commands of this repository understand, and how a wrong word ends one before it does anything.

/** Whoever asks a command what it does is told, and nothing is done. */
export function answerHelp(usage: string, words: readonly string[] = process.argv.slice(2)): void {
  if (!words.some(word => word === '--help' || word === '-h')) return;
  process.stdout.write(`${usage}\n`);
  process.exit(0);
}

type Defaults = Readonly<Record<string, string | number>>;
type Options<Given extends Defaults> = {
  readonly [Name in keyof Given]: Given[Name] extends number ? number : string;
};

/** The options of a command that takes nothing else, each with what counts where it is left out. */
export function readCommandLine<const Given extends Defaults>(
  usage: string,
  defaults: Given,
  words: readonly string[] = process.argv.slice(2),
): Options<Given> {
  answerHelp(usage, words);
  try {
    return parseOptions(defaults, words);
  } catch (error) {
    process.stderr.write(`${describe(error)}\n\n${usage}\n`);
    process.exit(1);
  }
}

/** Where a number is usual, a whole number from 0 has to be given. */
export function parseOptions<const Given extends Defaults>(
  defaults: Given,
  words: readonly string[],
): Options<Given> {
  const options = Object.fromEntries(Object.keys(defaults).map(name => [name, { type: 'string' as const }]));
  const { values } = parseArgs({ args: [...words], options });
  const read = Object.entries(defaults).map(([name, usual]) => {
    const given = values[name];
    if (typeof given !== 'string' || typeof usual !== 'number') return [name, given ?? usual];
    if (!/^\d{1,15}$/.test(given))
      throw new Error(`--${name} takes a whole number, and was given "${given}".`);
    return [name, Number(given)];
  });
  return Object.fromEntries(read);
}
