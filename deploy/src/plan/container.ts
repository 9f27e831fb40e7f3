import type { FunctionNeeds } from '../site.ts';
import type { Fields, FieldValue } from '../step.ts';

// How Cloud Run describes the container of a service or job.

type Environment = Readonly<Record<string, string>>;

/** The fields of a container, found at a path. */
export function containerFields(path: string, image: string, environment: Environment): Fields {
  return {
    [`${path}.containers.0.image`]: image,
    [`${path}.containers.0.env`]: environmentFields(environment),
  };
}

export function limitFields(path: string, { cpu, memory }: Pick<FunctionNeeds, 'cpu' | 'memory'>): Fields {
  return { [`${path}.containers.0.resources.limits`]: { cpu, memory } };
}

/** The variables by their names, which is how entries of a list are looked for. */
function environmentFields(environment: Environment): FieldValue {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, { value }]));
}
