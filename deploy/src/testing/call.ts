import { parseDictionary } from './arguments.ts';
import type { Cloud } from './cloud.ts';
import { CloudError } from './cloud.ts';

/** One command, its words already found to be those of a handler. */
export interface Call {
  readonly cloud: Cloud;
  /** What comes after the words of the command: mostly a name. */
  readonly rest: readonly string[];
  readonly input: string;
  flag(name: string): string;
  has(name: string): boolean;
}

/** What the command prints as JSON, or nothing. */
export type Handler = (call: Call) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

export function nameOf({ rest }: Call): string {
  const [name] = rest;
  if (!name) throw new CloudError('INVALID_ARGUMENT: the name is missing');
  return name;
}

/** Describes and removes resources of a kind, which is all that is special about most of them. */
export function common(noun: string): Handlers {
  return {
    [`${noun} describe`]: call => call.cloud.find(noun, nameOf(call)),
    [`${noun} delete`]: call => call.cloud.remove(noun, nameOf(call)),
  };
}

export function labelsOf(call: Call, flag = 'labels'): Record<string, string> {
  return parseDictionary(call.flag(flag));
}
