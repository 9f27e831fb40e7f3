import { randomBytes } from 'node:crypto';
import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import type { Methods } from '../../rpc/methods.ts';
import { pageOf } from '../../rpc/page.ts';
import { compileSchema } from '../broker/schemas.ts';
import type { SchemaSettings } from '../broker/settings.ts';
import { invalidArgument, notOffered } from '../errors.ts';
import { checkResourceName, projectOf } from '../resource-names.ts';
import type { SubscriberContext } from './delivery.ts';
import { emptyMessage, wire } from './protocol.ts';
import { toTimestamp } from './time.ts';
import { encodingOf } from './topic-messages.ts';

type WireSchema = google.pubsub.v1.ISchema;
type View = google.pubsub.v1.IGetSchemaRequest['view'];

const path = (method: string) => `/google.pubsub.v1.SchemaService/${method}`;

/** Answers google.pubsub.v1.SchemaService. Each schema keeps the revision that it was made with. */
export function registerSchemas(methods: Methods, context: SubscriberContext): void {
  registerSchemaChanges(methods, context);
  registerSchemaLists(methods, context);
  registerValidation(methods, context);
}

function registerSchemaChanges(methods: Methods, { broker, journal, clock }: SubscriberContext): void {
  methods.register({
    path: path('CreateSchema'),
    request: wire.CreateSchemaRequest,
    response: wire.Schema,
    async handle({ parent, schema, schemaId }) {
      const settings = {
        name: `${parent}/schemas/${schemaId}`,
        definition: definitionOf(schema ?? {}),
        revision: randomBytes(4).toString('hex'),
        createdAt: clock.now(),
      };
      checkResourceName('schema', settings.name);
      broker.createSchema(settings);
      await journal.written();
      return wireSchema(settings);
    },
  });

  methods.register({
    path: path('DeleteSchema'),
    request: wire.DeleteSchemaRequest,
    response: emptyMessage,
    async handle({ name }) {
      checkResourceName('schema', name);
      broker.deleteSchema(name);
      await journal.written();
      return {};
    },
  });
}

function registerSchemaLists(methods: Methods, { broker }: SubscriberContext): void {
  methods.register({
    path: path('GetSchema'),
    request: wire.GetSchemaRequest,
    response: wire.Schema,
    handle({ name, view }) {
      checkResourceName('schema', name);
      return wireSchema(broker.schemas.get(name).settings, view || 'FULL');
    },
  });

  methods.register({
    path: path('ListSchemas'),
    request: wire.ListSchemasRequest,
    response: wire.ListSchemasResponse,
    handle({ parent, view, ...request }) {
      const schemas = broker.schemas.all().filter(({ settings }) => projectOf(settings.name) === parent);
      const { page, nextPageToken } = pageOf(schemas, ({ settings }) => settings.name, request);
      return { schemas: page.map(({ settings }) => wireSchema(settings, view || 'BASIC')), nextPageToken };
    },
  });
}

function registerValidation(methods: Methods, { broker, clock }: SubscriberContext): void {
  const compile = (schema: WireSchema) =>
    compileSchema({
      name: 'of the request',
      definition: definitionOf(schema),
      revision: '',
      createdAt: clock.now(),
    });

  methods.register({
    path: path('ValidateSchema'),
    request: wire.ValidateSchemaRequest,
    response: wire.ValidateSchemaResponse,
    handle({ schema }) {
      compile(schema ?? {});
      return {};
    },
  });

  methods.register({
    path: path('ValidateMessage'),
    request: wire.ValidateMessageRequest,
    response: wire.ValidateMessageResponse,
    handle({ name, schema, message, encoding }) {
      const known = name ? broker.schemas.get(name) : compile(schema ?? {});
      known.check(Buffer.from(message), encodingOf(encoding));
      return {};
    },
  });
}

function definitionOf({ type, definition }: WireSchema): string {
  if (type === wire.Schema.Type.PROTOCOL_BUFFER) throw notOffered('schemas in protocol buffers (type)');
  if (type !== wire.Schema.Type.AVRO) throw invalidArgument('A schema needs a type. Choose AVRO.');
  if (!definition) throw invalidArgument('A schema needs a definition.');
  return definition;
}

function wireSchema(
  { name, definition, revision, createdAt }: SchemaSettings,
  view: View = 'FULL',
): WireSchema {
  return {
    name,
    type: wire.Schema.Type.AVRO,
    revisionId: revision,
    revisionCreateTime: toTimestamp(createdAt),
    ...((view === 'FULL' || view === wire.SchemaView.FULL) && { definition }),
  };
}
