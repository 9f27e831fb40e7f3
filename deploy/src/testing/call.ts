import { parseDictionary } from './arguments.ts';
import type { SimulatedProject } from './simulated-project.ts';
import { CloudError } from './simulated-project.ts';

/** One command, its words already found to be those of a handler. */
export interface GcloudCall {
  readonly cloud: SimulatedProject;
  /** What comes after the words of the command: mostly a name. */
  readonly rest: readonly string[];
  readonly input: string;
  flag(name: string): string;
  has(name: string): boolean;
}

/** What the command prints as JSON, or nothing. */
export type GcloudHandler = (call: GcloudCall) => unknown;
export type GcloudHandlers = Readonly<Record<string, GcloudHandler>>;

export function nameOf({ rest }: GcloudCall): string {
  const [name] = rest;
  if (!name) throw new CloudError('INVALID_ARGUMENT: the name is missing');
  return name;
}

/** Describes and removes resources of a kind, which is all that is special about most of them. */
export function common(noun: string): GcloudHandlers {
  return {
    [`${noun} describe`]: call => call.cloud.find(noun, nameOf(call)),
    [`${noun} delete`]: call => call.cloud.remove(noun, nameOf(call)),
  };
}

export function labelsOf(call: GcloudCall, flag = 'labels'): Record<string, string> {
  return parseDictionary(call.flag(flag));
}
