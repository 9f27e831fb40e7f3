import type { CommandResult } from '../../gcloud.ts';
import type { SimulatedProject } from '../simulated-project.ts';
import { projectId } from '../site.ts';

/** What somebody, or something, does to a project: what the check has to say of it, and how it is done. */
export type Deviation = readonly [title: string, said: RegExp, deviate: (project: Deviating) => unknown];

export interface Deviating {
  readonly cloud: SimulatedProject;
  gcloud(...args: readonly string[]): Promise<CommandResult>;
  /** Changes one field of what is there, at a dotted path. */
  set(noun: string, name: string, path: string, value: unknown): void;
}

export function setField(cloud: SimulatedProject): Deviating['set'] {
  return (noun, name, path, value) => {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce<object>((at, one) => Object(Reflect.get(at, one)), cloud.find(noun, name));
    Reflect.set(place, last, value);
  };
}

export const bucket = 'gs://test-project-models';
export const somebody = 'user:somebody@example.com';

export function email(name: string): string {
  return `loop-${name}@${projectId}.iam.gserviceaccount.com`;
}

export function member(name: string): string {
  return `serviceAccount:${email(name)}`;
}
