import type { Lookups } from './command.ts';
import { type Command, inProject, placeholdersIn, render, renderLookup } from './command.ts';
import type { Stage } from './plan.ts';
import { giveCommand, lookOf, type Step, takeCommand } from './step.ts';

/** Writes commands as lines for a shell, each value that they need looked up on a line before its first use. */
export class Script {
  readonly #projectId: string;
  readonly #lookups: Lookups;
  readonly #known = new Set<string>();
  readonly #lines: string[] = [];

  constructor(projectId: string, lookups: Lookups) {
    this.#projectId = projectId;
    this.#lookups = lookups;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }

  note(text: string): void {
    this.#lines.push(`# ${text}`);
  }

  add(command: Command): void {
    for (const name of placeholdersIn(command.args)) this.lookUp(name);
    this.#lines.push(render(inProject(this.#projectId, command)));
  }

  /** Writes the line that looks a value up, and before it those that it needs, unless they are there already. */
  lookUp(name: string): void {
    const command = this.#lookups[name];
    if (!command || this.#known.has(name)) return;
    this.#known.add(name);
    for (const needed of placeholdersIn(command.args)) this.lookUp(needed);
    this.#lines.push(renderLookup(name, inProject(this.#projectId, command)));
  }
}

export type CommandsOf = (step: Step) => readonly Command[];

/** What `up` runs in an empty project. */
export const creating: CommandsOf = step =>
  step.kind === 'resource' ? step.create : step.members.map(member => giveCommand(step, member));

/** What `down` runs where everything is there. */
export function removing(deleteData: boolean): CommandsOf {
  return step => {
    if (step.kind === 'grant') return step.members.map(member => takeCommand(step, member));
    return step.holdsData && !deleteData ? [] : step.remove;
  };
}

/** What `check` runs. */
export const looking: CommandsOf = step => [lookOf(step)];

export function script(
  projectId: string,
  lookups: Lookups,
  plan: readonly Stage[],
  commandsOf: CommandsOf,
): readonly string[] {
  const written = new Script(projectId, lookups);
  for (const step of plan.flatMap(({ chains }) => chains.flat())) {
    const commands = commandsOf(step);
    if (commands.length > 0) written.note(step.title);
    for (const command of commands) written.add(command);
  }
  return written.lines;
}
