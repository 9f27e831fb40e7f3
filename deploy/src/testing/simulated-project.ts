/** What a simulated project contains: things and policies by the noun that gcloud has for them, and their name. */
export interface CloudState {
  resources: Record<string, SimulatedResource>;
  policies: Record<string, Policy>;
}

export type SimulatedResource = Record<string, unknown>;

interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: object;
}

export interface Policy {
  readonly bindings: readonly Binding[];
}

/** What gcloud would print as its error. */
export class CloudError extends Error {}

interface CloudOptions {
  readonly projectId: string;
  /** Where its HTTP functions answer. */
  readonly address?: string;
  /** The time in milliseconds, by which new things come to be known. */
  readonly now?: () => number;
  /** Many organisations forbid the network that Google would make with a project. */
  readonly withoutNetwork?: boolean;
}

export const projectNumber = '123456789';

/** The state of a simulated project, as strict as the real one: nothing is made twice, or taken away when it is not there. */
export class SimulatedProject {
  readonly state: CloudState = { resources: {}, policies: {} };
  readonly projectId: string;
  readonly address: string;
  /** Whose commands are carried out: the owner's, who may do everything, or those of a member with some roles. */
  actor: string | undefined;
  /** What is left of deleted objects: older versions, and what a bucket keeps for a while. */
  readonly remains: string[] = [];
  /** Lines of requests that have been answered. */
  readonly requests: object[] = [];
  /** What jobs were run with. */
  readonly executed: string[] = [];
  readonly #now: () => number;
  readonly #since = new Map<string, number>();
  readonly #deleted = new Set<string>();
  #made = 0;

  constructor({ projectId, address = 'http://127.0.0.1:1', now = () => 0, withoutNetwork }: CloudOptions) {
    this.projectId = projectId;
    this.address = address;
    this.#now = now;
    this.state.resources[`projects ${projectId}`] = { projectId, projectNumber };
    this.state.resources['logging sinks _Default'] = { name: '_Default' };
    if (!withoutNetwork) this.state.resources['compute networks default'] = { name: 'default' };
  }

  find(noun: string, name: string): SimulatedResource {
    const found = this.state.resources[`${noun} ${name}`];
    if (!found) throw new CloudError(`NOT_FOUND: there is no ${noun} ${name}`);
    return found;
  }

  has(noun: string, name: string): boolean {
    return `${noun} ${name}` in this.state.resources;
  }

  wasDeleted(noun: string, name: string): boolean {
    return this.#deleted.has(`${noun} ${name}`);
  }

  list(noun: string, prefix = ''): readonly SimulatedResource[] {
    const start = `${noun} ${prefix}`;
    return Object.entries(this.state.resources).flatMap(([key, thing]) =>
      key.startsWith(start) ? [thing] : [],
    );
  }

  make(noun: string, name: string, thing: SimulatedResource): void {
    if (this.has(noun, name)) throw new CloudError(`ALREADY_EXISTS: there is a ${noun} ${name}`);
    this.state.resources[`${noun} ${name}`] = thing;
    this.#since.set(`${noun} ${name}`, this.#now());
    this.#deleted.delete(`${noun} ${name}`);
  }

  change(noun: string, name: string, change: SimulatedResource): void {
    Object.assign(this.find(noun, name), change);
  }

  remove(noun: string, name: string): void {
    this.find(noun, name);
    delete this.state.resources[`${noun} ${name}`];
    delete this.state.policies[`${noun} ${name}`];
    this.#deleted.add(`${noun} ${name}`);
  }

  /** For how long there has been such a thing, or somebody has had a role. */
  ageMs(key: string): number {
    return this.#now() - (this.#since.get(key) ?? this.#now());
  }

  /** A time, later with each call. */
  timestamp(): string {
    this.#made += 1;
    return new Date(Date.UTC(2026, 0, this.#made)).toISOString();
  }

  policy(noun: string, name: string): Policy {
    this.find(noun, name);
    return this.state.policies[`${noun} ${name}`] ?? { bindings: [] };
  }

  bind(noun: string, name: string, role: string, member: string): void {
    const { bindings } = this.policy(noun, name);
    const isSame = (binding: Binding): boolean => binding.role === role && !binding.condition;
    const members = new Set(bindings.find(isSame)?.members).add(member);
    const others = bindings.filter(binding => !isSame(binding));
    this.state.policies[`${noun} ${name}`] = { bindings: [...others, { role, members: [...members] }] };
    this.#since.set(`${noun} ${name} ${role} ${member}`, this.#now());
  }

  unbind(noun: string, name: string, role: string, member: string): void {
    if (!this.may(noun, name, role, member))
      throw new CloudError(`NOT_FOUND: ${member} has not ${role} on ${name}`);
    const bindings = this.policy(noun, name).bindings.map(binding =>
      binding.role === role
        ? { ...binding, members: binding.members.filter(one => one !== member) }
        : binding,
    );
    const left = bindings.filter(({ members }) => members.length > 0);
    if (left.length > 0) this.state.policies[`${noun} ${name}`] = { bindings: left };
    else delete this.state.policies[`${noun} ${name}`];
  }

  may(noun: string, name: string, role: string, member: string): boolean {
    return this.policy(noun, name).bindings.some(one => one.role === role && one.members.includes(member));
  }
}
