import avro from 'avsc';
import { alreadyExists, invalidArgument, notFound } from '../errors.ts';
import type { SchemaSettings } from './settings.ts';

export type Encoding = 'JSON' | 'BINARY';

/** What the messages of topics are held to. */
export interface Schema {
  readonly settings: SchemaSettings;
  /** Throws where the bytes are no message of the schema. */
  check(data: Uint8Array, encoding: Encoding): void;
}

/** Throws where a definition describes nothing that a message could be held to. */
export function compileSchema(settings: SchemaSettings): Schema {
  const type = orRefuse('The definition is no Avro schema', () =>
    avro.Type.forSchema(JSON.parse(settings.definition)),
  );
  return {
    settings,
    check: (data, encoding) => {
      const bytes = Buffer.from(data);
      orRefuse(`A message is not of the schema ${settings.name} in ${encoding}`, () =>
        encoding === 'JSON' ? type.fromString(bytes.toString('utf8')) : type.fromBuffer(bytes),
      );
    },
  };
}

function orRefuse<Result>(what: string, action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw invalidArgument(`${what}: ${error instanceof Error ? error.message : error}.`);
  }
}

/** All schemas, each with the one revision that it has. */
export class Schemas {
  readonly #schemas = new Map<string, Schema>();

  all(): readonly Schema[] {
    return [...this.#schemas.values()];
  }

  get(name: string): Schema {
    const schema = this.#schemas.get(name);
    if (schema === undefined) throw notFound('schema', name);
    return schema;
  }

  add(settings: SchemaSettings): void {
    if (this.#schemas.has(settings.name)) throw alreadyExists('schema', settings.name);
    this.#schemas.set(settings.name, compileSchema(settings));
  }

  delete(name: string): void {
    this.get(name);
    this.#schemas.delete(name);
  }
}
