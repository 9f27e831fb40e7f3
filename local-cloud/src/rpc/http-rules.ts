import type { Method, Root } from 'protobufjs';
import { z } from 'zod';

const verbs = ['get', 'put', 'post', 'patch', 'delete'] as const;
const ruleSchema = z.partialRecord(z.enum([...verbs, 'body']), z.string());
const optionSchema = z.object({
  '(google.api.http)': ruleSchema.and(
    z.object({ additional_bindings: z.union([ruleSchema, z.array(ruleSchema)]).optional() }),
  ),
});

/** How one method is called over HTTP: the address with its parts, and what of the request is in the body. */
export interface HttpRule {
  readonly verb: string;
  readonly pattern: RegExp;
  /** Fields of the request that stand in the address, in the order of the pattern's groups. */
  readonly variables: readonly string[];
  /** '*' for all other fields, the name of one, or undefined for none. */
  readonly body: string | undefined;
}

/** The rules that the protocol's own description gives; none for a method that has no form in HTTP. */
export function httpRulesOf(method: Method): HttpRule[] {
  const options: unknown[] = [method.parsedOptions].flat();
  const parsed = options.map(option => optionSchema.safeParse(option)).find(({ success }) => success);
  if (!parsed?.success) return [];
  const { additional_bindings: more = [], ...rule } = parsed.data['(google.api.http)'];
  return [rule, ...[more].flat()].flatMap(toRules);
}

function toRules(rule: z.infer<typeof ruleSchema>): HttpRule[] {
  return verbs.flatMap(verb => {
    const template = rule[verb];
    return template === undefined
      ? []
      : [{ verb: verb.toUpperCase(), ...compile(template), body: rule.body }];
  });
}

// "/v1/{name=projects/*/topics/*}:publish" as a regular expression, with a group for each variable.
function compile(template: string): Pick<HttpRule, 'pattern' | 'variables'> {
  const variables: string[] = [];
  const source = template.replace(
    /\{([\w.]+)(?:=([^}]+))?\}|[^{}]+/g,
    (literal, name?: string, path = '*') => {
      if (name === undefined) return literal;
      variables.push(name);
      // An id holds no colon, so that what follows one is a verb; the project before it may hold one.
      return `(${path.replace(/\*$/, '[^/:]+').replaceAll('*/', '[^/]+/')})`;
    },
  );
  return { pattern: new RegExp(`^${source}$`), variables };
}

/** All methods of a service, with the description of what goes in and out. */
export function methodsOf(root: Root, service: string): Method[] {
  return root.lookupService(service).methodsArray.map(method => {
    method.resolve();
    return method;
  });
}

/** Under which gRPC knows a method. */
export function pathOf({ parent, name }: Method): string {
  return `/${parent?.fullName.slice(1)}/${name}`;
}
