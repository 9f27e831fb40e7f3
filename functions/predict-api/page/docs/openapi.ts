/** As much of an OpenAPI document as the viewer shows. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly format?: string;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly $ref?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

export interface Operation {
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

export interface ApiDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** A value that fits a schema, for a reader to start from. */
export function exampleOf(schema: Schema): unknown {
  const { type, properties, items, prefixItems, anyOf, oneOf } = schema;
  if (schema.default !== undefined) return schema.default;
  if (schema.examples && schema.examples.length > 0) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [choice] = anyOf ?? oneOf ?? [];
  if (choice) return exampleOf(choice);
  if (properties)
    return Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, exampleOf(part)]));
  if (prefixItems) return prefixItems.map(exampleOf);
  if (type === 'array') return items ? [exampleOf(items)] : [];
  if (type === 'number' || type === 'integer') return 1;
  if (type === 'boolean') return true;
  return type === 'null' ? null : 'text';
}

/** A schema in a line or a few, as one would write a type. */
export function typeOf(schema: Schema, indent = ''): string {
  const { type, properties, required = [], items, prefixItems, anyOf, oneOf } = schema;
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map(value => JSON.stringify(value)).join(' | ');
  const choices = anyOf ?? oneOf;
  if (choices) return choices.map(choice => typeOf(choice, indent)).join(' | ');
  if (properties) {
    const lines = Object.entries(properties).map(
      ([name, part]) =>
        `${indent}  ${name}${required.includes(name) ? '' : '?'}: ${typeOf(part, `${indent}  `)}`,
    );
    return `{\n${lines.join('\n')}\n${indent}}`;
  }
  if (prefixItems) return tupleOf(prefixItems, indent);
  if (type === 'array') return `(${items ? typeOf(items, indent) : 'unknown'})[]`;
  const name = typeof type === 'string' ? type : type?.join(' | ');
  return schema.format ? `${name} (${schema.format})` : (name ?? 'anything');
}

/** Rows of tables may be hundreds of values long. */
const maxParts = 8;

function tupleOf(parts: readonly Schema[], indent: string): string {
  const shown = parts.slice(0, maxParts).map(part => typeOf(part, indent));
  const hidden = parts.length - shown.length;
  return `[${shown.join(', ')}${hidden > 0 ? `, and ${hidden} more` : ''}]`;
}
