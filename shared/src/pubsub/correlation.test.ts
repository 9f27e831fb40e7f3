import { continueTrace } from '../base/trace.ts';
import { correlationOf, firstPublished, messageAttributes } from './correlation.ts';

it('says where a message belongs, by the binding of CloudEvents to Pub/Sub', () => {
  const trace = continueTrace();
  const since = new Date('2026-01-01T00:00:00Z');
  const attributes = messageAttributes({
    functionName: 'f',
    topic: 'job',
    trace,
    correlation: { id: 'batch', since },
  });
  expect(attributes).toMatchObject({
    traceparent: expect.stringContaining(trace.traceId),
    correlation_id: 'batch',
    correlation_time: '2026-01-01T00:00:00.000Z',
    'content-type': 'application/json',
    'ce-specversion': '1.0',
    'ce-source': '/banknote-loop/f',
    'ce-type': 'banknote-loop.job.v1',
  });
});

it('takes the time that the publisher gave, which a replay keeps, before that of Pub/Sub', () => {
  const published = new Date('2026-02-02T00:00:00Z');
  expect(firstPublished({ 'ce-time': '2026-01-01T00:00:00Z' }, published)).toEqual(
    new Date('2026-01-01T00:00:00Z'),
  );
  expect(firstPublished({}, published)).toEqual(published);
  expect(firstPublished({ 'ce-time': 'soon' }, published)).toEqual(published);
});

describe('what a message goes back to', () => {
  const publishTime = new Date('2026-02-02T00:00:00Z');
  const received = { id: 'event', publishTime, attributes: {} };

  it.each([
    ['its batch', { batch_id: 'b', job_id: 'j' }, { correlation_id: 'a' }, 'b'],
    ['what its publisher says', { job_id: 'j' }, { correlation_id: 'a' }, 'a'],
    ['its job', { job_id: 'j' }, {}, 'j'],
    ['itself', 'no message of ours', {}, 'event'],
  ])('is %s', (_, content, attributes, id) => {
    expect(correlationOf(content, { ...received, attributes })).toEqual({ id, since: publishTime });
  });

  it('began when the first of its messages was published', () => {
    const attributes = { correlation_time: '2026-01-01T00:00:00Z' };
    expect(correlationOf({}, { ...received, attributes }).since).toEqual(new Date('2026-01-01T00:00:00Z'));
  });
});
