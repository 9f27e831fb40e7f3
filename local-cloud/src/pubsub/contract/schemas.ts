import { status } from '@grpc/grpc-js';
import type { ContractKit } from './kit.ts';

const definition = JSON.stringify({
  type: 'record',
  name: 'Note',
  fields: [
    { name: 'subject', type: 'string' },
    { name: 'variance', type: ['null', 'double'], default: null },
  ],
});
const invalid = { code: status.INVALID_ARGUMENT };
const parent = 'projects/test';

export function schemasContract(kit: ContractKit): void {
  const { check, createSubscription, publish, pull } = kit;
  let counter = 0;

  async function createSchema(): Promise<string> {
    counter += 1;
    const schemaId = `schema-${counter}`;
    const [{ name }] = await kit.clients.schemas.createSchema({
      parent,
      schemaId,
      schema: { type: 'AVRO', definition },
    });
    return name ?? '';
  }

  async function createTopicOf(schema: string, encoding: 'JSON' | 'BINARY'): Promise<string> {
    const name = `${parent}/topics/of-${schema.split('/').at(-1)}-${encoding}`;
    await kit.clients.publisher.createTopic({ name, schemaSettings: { schema, encoding } });
    return name;
  }

  describe('schemas', () => {
    check('are made once, got, listed and deleted', async () => {
      const { schemas } = kit.clients;
      const name = await createSchema();
      const schemaId = name.split('/').at(-1) ?? '';
      await expect(
        schemas.createSchema({ parent, schemaId, schema: { type: 'AVRO', definition } }),
      ).rejects.toMatchObject({ code: status.ALREADY_EXISTS });
      expect((await schemas.getSchema({ name }))[0]).toMatchObject({ name, type: 'AVRO', definition });
      expect((await schemas.getSchema({ name, view: 'BASIC' }))[0].definition).toBe('');
      const [listed] = await schemas.listSchemas({ parent, view: 'BASIC' });
      expect(listed.filter(schema => schema.name === name)).toMatchObject([{ definition: '' }]);
      const [whole] = await schemas.listSchemas({ parent, view: 'FULL' });
      expect(whole.filter(schema => schema.name === name)).toMatchObject([{ definition }]);
      await schemas.deleteSchema({ name });
      await expect(schemas.getSchema({ name })).rejects.toMatchObject({ code: status.NOT_FOUND });
    });

    check('are refused when they describe nothing', async () => {
      for (const wrong of ['{"not_actually":"avro"}', 'no JSON', '', '"no-such-type"']) {
        const schema = { type: 'AVRO', definition: wrong } as const;
        await expect(kit.clients.schemas.validateSchema({ parent, schema })).rejects.toMatchObject(invalid);
      }
    });

    check('let through the messages that fit, and no other', async () => {
      const topic = await createTopicOf(await createSchema(), 'JSON');
      const subscription = await createSubscription(topic);
      for (const wrong of ['{}', '{"subject":1,"variance":null}', '{"subject":"a","variance":"b"}', 'text']) {
        await expect(publish(topic, wrong)).rejects.toMatchObject(invalid);
      }
      await publish(topic, '{"subject":"a","variance":{"double":1.5}}');
      const [received] = await pull(subscription);
      expect(received?.message?.attributes).toMatchObject({ googclient_schemaencoding: 'JSON' });
    });

    check('know messages in Avro’s own encoding', async () => {
      const topic = await createTopicOf(await createSchema(), 'BINARY');
      await expect(publish(topic, '{"subject":"a","variance":null}')).rejects.toMatchObject(invalid);
      // A text of one letter, and the first of the two choices.
      await expect(publish(topic, '\u0002a\u0000')).resolves.not.toBe('');
    });

    check('must be there for their topics', async () => {
      const topic = `${parent}/topics/of-none`;
      const schemaSettings = { schema: `${parent}/schemas/none`, encoding: 'JSON' } as const;
      await expect(kit.clients.publisher.createTopic({ name: topic, schemaSettings })).rejects.toMatchObject({
        code: status.NOT_FOUND,
      });
    });

    check('that are deleted let nothing through', async () => {
      const schema = await createSchema();
      const topic = await createTopicOf(schema, 'JSON');
      await kit.clients.schemas.deleteSchema({ name: schema });
      await expect(publish(topic, '{"subject":"a","variance":null}')).rejects.toThrow();
      const [{ schemaSettings }] = await kit.clients.publisher.getTopic({ topic });
      expect(schemaSettings?.schema).toBe('_deleted-schema_');
    });
  });
}
