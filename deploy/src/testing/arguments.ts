/** A command line as the simulated gcloud reads it. */
export interface Arguments {
  /** Everything that is no flag, in order: what is meant, what is done to it, and its name. */
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string>;
}

export function parseArguments(args: readonly string[]): Arguments {
  const flags = new Map<string, string>();
  const words: string[] = [];
  for (const arg of args) {
    if (!arg.startsWith('--')) {
      words.push(arg);
      continue;
    }
    const [name = '', ...value] = arg.slice(2).split('=');
    flags.set(name, value.join('='));
  }
  return { words, flags };
}

/** `a=1,b=2`, also with gcloud's own notation for another separator. */
export function parseDictionary(text: string): Record<string, string> {
  const [, separator = ',', list = text] = /^\^([^^]+)\^(.*)$/s.exec(text) ?? [];
  return Object.fromEntries(
    list
      .split(separator)
      .filter(pair => pair !== '')
      .map(pair => {
        const [name = '', ...value] = pair.split('=');
        return [name, value.join('=')];
      }),
  );
}
