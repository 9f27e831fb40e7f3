import { continueTrace } from '../trace.ts';
import { attributesOf, timeOf } from './attributes.ts';

it('says where a message belongs, by the binding of CloudEvents to Pub/Sub', () => {
  const trace = continueTrace();
  const attributes = attributesOf({ functionName: 'f', topic: 'job', trace, correlationId: 'batch' });
  expect(attributes).toMatchObject({
    traceparent: expect.stringContaining(trace.traceId),
    correlation_id: 'batch',
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-source': '/banknote-loop/f',
    'ce-type': 'banknote-loop.job.v1',
  });
});

it('takes the time that the publisher gave, which a replay keeps, before that of Pub/Sub', () => {
  const published = new Date('2026-02-02T00:00:00Z');
  expect(timeOf({ 'ce-time': '2026-01-01T00:00:00Z' }, published)).toEqual(new Date('2026-01-01T00:00:00Z'));
  expect(timeOf({}, published)).toEqual(published);
  expect(timeOf({ 'ce-time': 'soon' }, published)).toEqual(published);
});
