import { z } from 'zod';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
type Answers = Readonly<
  Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>> }>
>;

interface Operation {
  readonly responses: Answers;
}

export interface DescribedApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: JsonSchema } };
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Calls an operation, and holds its answer against what the document says of it. */
export class DocumentedApi {
  readonly #url: string;
  readonly #document: DescribedApi;
  readonly #called = new Set<string>();

  constructor(url: string, document: DescribedApi) {
    this.#url = url;
    this.#document = document;
  }

  async call(method: string, path: string, address = path, init: RequestInit = {}): Promise<HttpAnswer> {
    const answer = await fetch(`${this.#url}${address}`, { ...init, method });
    const text = await answer.text();
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const json: unknown = type === 'application/json' ? JSON.parse(text) : undefined;
    this.#check(method, path, { status: answer.status, type, json });
    return { status: answer.status, type, headers: answer.headers, text, json };
  }

  /** Operations that have not been answered well yet. */
  uncalled(): readonly string[] {
    const all = Object.entries(this.#document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`),
    );
    return all.filter(operation => !this.#called.has(operation));
  }

  #check(
    method: string,
    path: string,
    { status, type, json }: Pick<HttpAnswer, 'status' | 'type' | 'json'>,
  ): void {
    const operation = this.#document.paths[path]?.[method.toLowerCase()];
    if (!operation) throw new Error(`The document does not know ${method} ${path}.`);
    if (status >= 400) {
      z.fromJSONSchema(this.#document.components.schemas.Problem).parse(json);
      return;
    }
    this.#called.add(`${method} ${path}`);
    const { content = {} } = operation.responses[status] ?? {};
    const documented = content[type] ?? content['*/*'];
    if (!documented)
      throw new Error(`The document does not say that ${method} ${path} answers ${status} ${type}.`);
    if (documented.schema) z.fromJSONSchema(documented.schema).parse(json);
  }
}
