import { z } from 'zod';
import type { ContractKit } from './kit.ts';

const bodySchema = z.looseObject({
  messageIds: z.array(z.string()).default([]),
  receivedMessages: z.array(z.looseObject({ ackId: z.string() })).default([]),
  subscriptions: z.array(z.looseObject({ name: z.string() })).default([]),
});

/** The same service for programs that speak JSON over HTTP: `gcloud` is one. */
export function restContract(kit: ContractKit): void {
  const { check, createTopic } = kit;

  async function call(method: string, path: string, body?: object) {
    const response = await fetch(`http://${kit.address}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: bodySchema.parse(await response.json()) };
  }

  describe('JSON over HTTP', () => {
    check('publishes, pulls and acknowledges', async () => {
      const topic = await createTopic();
      const subscription = `${topic.replaceAll('topics', 'subscriptions')}-rest`;
      const created = await call('PUT', subscription, { topic, ackDeadlineSeconds: 20, labels: { a: 'b' } });
      expect(created).toMatchObject({
        status: 200,
        body: { name: subscription, topic, ackDeadlineSeconds: 20, messageRetentionDuration: '604800s' },
      });
      const message = { data: Buffer.from('hello').toString('base64'), attributes: { colour: 'red' } };
      const published = await call('POST', `${topic}:publish`, { messages: [message] });
      const pulled = await call('POST', `${subscription}:pull`, { maxMessages: 1 });
      expect(pulled.body.receivedMessages[0]?.message).toMatchObject({
        ...message,
        messageId: published.body.messageIds[0],
        publishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      });
      const ackIds = pulled.body.receivedMessages.map(({ ackId }) => ackId);
      expect((await call('POST', `${subscription}:acknowledge`, { ackIds })).status).toBe(200);
      const listed = await call('GET', 'projects/test/subscriptions?pageSize=1000');
      expect(listed.body.subscriptions.map(({ name }) => name)).toContain(subscription);
    });

    check('changes what the mask names', async () => {
      const topic = await createTopic();
      const subscription = `${topic.replaceAll('topics', 'subscriptions')}-rest`;
      await call('PUT', subscription, { topic });
      const patch = { subscription: { ackDeadlineSeconds: 33 }, updateMask: 'ackDeadlineSeconds' };
      expect((await call('PATCH', subscription, patch)).body).toMatchObject({ ackDeadlineSeconds: 33 });
      expect((await call('DELETE', subscription)).status).toBe(200);
      expect(await call('GET', subscription)).toMatchObject({
        status: 404,
        body: { error: { code: 404, status: 'NOT_FOUND' } },
      });
    });

    check('refuses fields that it does not know, and methods', async () => {
      const topic = await createTopic();
      expect(await call('PUT', `${topic}-more`, { lables: {} })).toMatchObject({
        status: 400,
        body: { error: { status: 'INVALID_ARGUMENT', message: expect.stringContaining('lables') } },
      });
      expect((await call('GET', `${topic}:getIamPolicy`)).status).toBe(501);
      expect(
        (await call('POST', 'projects/test/schemas/any:rollback', { revisionId: 'a' })).body.error,
      ).toMatchObject({
        status: 'UNIMPLEMENTED',
        message: expect.stringContaining('RollbackSchema'),
      });
    });
  });
}
