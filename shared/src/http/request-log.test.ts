import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { pino } from 'pino';
import { startInstance } from '../function/instance.ts';
import { createRequestLog } from './request-log.ts';

it('writes one line for a request, with what was told of it, and nothing of its address', async () => {
  const lines: string[] = [];
  const instance = {
    ...startInstance({ name: 'predict-api', publishes: [], uses: {} }, { PROJECT_ID: 'test' }, banknotes),
    log: pino({}, { write: (line: string) => void lines.push(line) }),
  };
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: 'GET', url: '/predict?variance=3.14159' });
  const record = createRequestLog('predict-api', instance).start(request);
  await record.begin('/predict');
  record.callerIs('mira');
  record.addToLog({ model: 'model-1.json', asked_from: 'site' });
  record.addToLog({ notes: 2, status: 1 });
  await record.end(200);
  expect(lines.map(line => JSON.parse(line))).toEqual([
    expect.objectContaining({
      route: '/predict',
      status: 200,
      caller: 'mira',
      model: 'model-1.json',
      asked_from: 'site',
      notes: 2,
    }),
  ]);
  expect(lines.join()).not.toContain('3.14159');
  await instance.close();
});
