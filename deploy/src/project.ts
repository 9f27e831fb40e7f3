import { setTimeout as delay } from 'node:timers/promises';
import type { Lookups } from './command.ts';
import { type Command, inProject, placeholder, placeholdersIn, render } from './command.ts';
import { type CommandResult, type Gcloud, GcloudError, isAbsent, mayPass } from './gcloud.ts';
import { makeInput } from './input.ts';

export interface Clock {
  /** For how long after the last change something may still be unknown somewhere, and a command is tried again. */
  readonly maxWaitMs: number;
  now(): number;
  wait(ms: number): Promise<void>;
}

/** Google speaks of ten minutes for metrics, and of seven for roles. */
export const systemClock: Clock = {
  maxWaitMs: 660_000,
  now: () => performance.now(),
  wait: ms => delay(ms),
};

interface ProjectOptions {
  readonly projectId: string;
  readonly gcloud: Gcloud;
  readonly lookups: Lookups;
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

/** A Google Cloud project, through gcloud: values are filled in, answers parsed, and new rights waited for. */
export class Project {
  readonly #options: ProjectOptions;
  /** What was looked at stays known until something changes. */
  readonly #seen = new Map<string, Promise<CommandResult>>();
  readonly #values = new Map<string, string>();
  #changedAt: number;

  constructor(options: ProjectOptions) {
    this.#options = options;
    this.#changedAt = options.clock.now();
  }

  /** What a command that looks finds, or undefined where there is nothing. */
  async find(command: Command): Promise<unknown> {
    const filled = await this.#fill(command);
    if (!filled) return undefined;
    const outcome = await this.#see(filled);
    if (outcome.code === 0) return outcome.stdout.trim() === '' ? {} : JSON.parse(outcome.stdout);
    if (isAbsent(outcome)) return undefined;
    throw new GcloudError(render(filled), outcome);
  }

  /** The value of a placeholder, or undefined while what it is a property of does not exist. */
  async value(name: string): Promise<string | undefined> {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const command = this.#options.lookups[name];
    if (!command) throw new Error(`Nothing tells the value of ${name}.`);
    const filled = await this.#fill(command);
    if (!filled) return undefined;
    const outcome = await this.#see(filled);
    if (outcome.code !== 0 && !isAbsent(outcome)) throw new GcloudError(render(filled), outcome);
    const value = outcome.code === 0 ? outcome.stdout.trim() : '';
    if (value === '' && !(command.mayBeEmpty && outcome.code === 0)) return undefined;
    this.#values.set(name, value);
    return value;
  }

  /** What a command prints, or undefined if it cannot. */
  async output(command: Command): Promise<string | undefined> {
    const filled = await this.#fill(command);
    const outcome = filled && (await this.#execute(filled));
    return outcome?.code === 0 ? outcome.stdout.trim() : undefined;
  }

  /** Fills the placeholders of a text; one whose value does not exist yet stays. */
  async fillText(text: string): Promise<string> {
    const names = [...new Set(placeholdersIn([text]))];
    const values = new Map(
      await Promise.all(names.map(async name => [name, await this.value(name)] as const)),
    );
    return text.replace(placeholder, (whole, name: string) => values.get(name) ?? whole);
  }

  wait(ms: number): Promise<void> {
    return this.#options.clock.wait(ms);
  }

  /** Runs a command that changes something. */
  async run(command: Command): Promise<CommandResult> {
    const filled = await this.#fill(command);
    if (!filled) {
      const missing = placeholdersIn(command.args).join(' or ');
      throw new Error(`There is no value for ${missing} yet, which this needs:\n  ${render(command)}`);
    }
    const input = await this.#inputOf(command);
    const outcome = await this.#untilKnown(filled, input);
    this.#seen.clear();
    // What was made anew has other addresses; only the project stays what it is.
    for (const name of this.#values.keys()) if (name !== 'PROJECT_NUMBER') this.#values.delete(name);
    return outcome;
  }

  /** All commands wait for the same: once nothing has changed for long enough, none of them has anything to wait for. */
  async #untilKnown(command: Command, input: string | undefined): Promise<CommandResult> {
    const { clock, print } = this.#options;
    for (let waitMs = 2_000, isFirst = true; ; waitMs = Math.min(waitMs * 2, 20_000), isFirst = false) {
      const outcome = await this.#execute(command, input);
      if (outcome.code === 0) {
        this.#changedAt = clock.now();
        return outcome;
      }
      const isLate = clock.now() - this.#changedAt >= clock.maxWaitMs;
      if (!mayPass(outcome) || isLate) throw new GcloudError(render(command), outcome);
      if (isFirst) print('something new is not known everywhere yet: waiting for it …');
      await clock.wait(waitMs);
    }
  }

  #see(command: Command): Promise<CommandResult> {
    const line = render(command);
    const outcome = this.#seen.get(line) ?? this.#execute(command);
    this.#seen.set(line, outcome);
    return outcome;
  }

  #execute({ args }: Command, input?: string): Promise<CommandResult> {
    return this.#options.gcloud(args, input);
  }

  /** The command with all its values, or undefined if one of them does not exist yet. */
  async #fill(command: Command): Promise<Command | undefined> {
    const args = await Promise.all(command.args.map(arg => this.fillText(arg)));
    if (placeholdersIn(args).length > 0) return undefined;
    return inProject(this.#options.projectId, { args });
  }

  async #inputOf({ input }: Command): Promise<string | undefined> {
    if (!input) return undefined;
    const given = input.from ? (await this.run(input.from)).stdout : '';
    return makeInput(input, given.trim());
  }
}
