import { z } from 'zod';
import { problem } from '../contract/answers.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { commonRoutes } from './common-routes.ts';
import type { HttpFunction } from './definition.ts';
import type { Media, Route } from './route.ts';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 for all routes of all HTTP functions, made from the schemas that check them. */
export function describeApi(functions: readonly HttpFunction[], dataSet: DataSet): Json {
  const { title, items } = dataSet;
  const common = commonRoutes({
    requests: () => '',
    ready: async () => {},
    gauges: async () => [],
  });
  const routes: readonly Route[] = [...functions.flatMap(one => one.routes(dataSet)), ...common];
  const paths = Map.groupBy(routes, route => route.path);
  return {
    openapi: '3.1.0',
    info: {
      title: `Banknote loop: ${title}`,
      version: '1',
      description: `Ask what ${items} are, say where the answer was wrong, and watch the model learn.`,
    },
    paths: Object.fromEntries(
      [...paths].map(([path, operations]) => [
        path,
        Object.fromEntries(operations.map(route => [route.method.toLowerCase(), describeRoute(route)])),
      ]),
    ),
    components: {
      schemas: { Problem: jsonSchema(problem, 'output') },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Needed only where the service is set up to ask for tokens.',
        },
      },
    },
  };
}

function describeRoute(route: Route): Json {
  const { summary, scope, body, idempotent = false, status = 200, answer } = route;
  return {
    summary,
    security: securityOf(scope),
    parameters: [
      ...parametersIn('path', route.params),
      ...parametersIn('query', route.query),
      ...(idempotent ? [idempotencyKey] : []),
    ],
    ...(body ? { requestBody: { required: true, content: bodyContent(route, body) } } : {}),
    responses: { [status]: describeAnswer(answer), default: problemAnswer },
  };
}

function securityOf(scope: Route['scope']): readonly Json[] {
  if (scope === 'open') return [];
  return scope === 'anyone' ? [{}, { token: [] }] : [{ token: scope ? [scope] : [] }];
}

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'With it, the same request sent again is the same batch.',
  schema: { type: 'string', minLength: 1, maxLength: 200 },
};

const problemAnswer = {
  description: 'What is wrong, in words, and where.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function bodyContent({ accepts = {}, file }: Route, body: z.ZodType): Json {
  if (file) {
    const schema = { type: 'string', format: 'binary', maxLength: file.mostBytes };
    return Object.fromEntries(file.types.map(type => [type, { schema }]));
  }
  const texts = Object.keys(accepts).map(type => [type, { schema: { type: 'string' } }]);
  return { 'application/json': { schema: jsonSchema(body, 'input') }, ...Object.fromEntries(texts) };
}

function describeAnswer(answer: z.ZodType | Media): Json {
  const description = 'A good answer.';
  if (typeof answer === 'string') return { description, content: { [answer]: {} } };
  return { description, content: { 'application/json': { schema: jsonSchema(answer, 'output') } } };
}

function parametersIn(place: 'path' | 'query', schema: z.ZodType | undefined): readonly Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input');
  return Object.entries(properties).map(([name, part]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: part,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
  });
  return json;
}
