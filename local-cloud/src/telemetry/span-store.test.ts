import type { RecordedSpan } from '@banknote-loop/shared/contract';
import { SpanStore } from './span-store.ts';

function span(id: string, more: Partial<RecordedSpan> = {}): RecordedSpan {
  const start_ms = Number(id.slice(1));
  return {
    trace_id: 't',
    span_id: id,
    parent_span_id: null,
    correlation_id: 'batch',
    function: 'prediction',
    name: 'process request',
    kind: 'consumer',
    started: new Date(start_ms).toISOString(),
    start_ms,
    duration_ms: 1,
    failure: null,
    facts: {},
    links: [],
    ...more,
  };
}

const idsOf = (spans: readonly RecordedSpan[]): readonly string[] => spans.map(({ span_id }) => span_id);

it('tells a story in order of time, with the work that it points to', () => {
  const store = new SpanStore(10);
  const links = [{ trace_id: 't2', span_id: 's9' }];
  store.add([span('s2', { links }), span('s9', { correlation_id: 'other' }), span('s1')]);
  store.add([span('s3', { correlation_id: 'other' })]);
  expect(idsOf(store.story('batch'))).toEqual(['s1', 's2', 's9']);
});

it('forgets the oldest spans when it is full', () => {
  const store = new SpanStore(2);
  store.add([span('s1'), span('s2'), span('s3')]);
  expect(idsOf(store.story('batch'))).toEqual(['s2', 's3']);
});

it('lists the latest stories, newest first', () => {
  const store = new SpanStore(10);
  store.add([span('s1'), span('s2', { correlation_id: 'newer' }), span('s3', { failure: 'no model' })]);
  store.add([span('s4', { correlation_id: null })]);
  expect(store.stories(5)).toEqual([
    { correlation_id: 'newer', started: '1970-01-01T00:00:00.002Z', spans: 1, failures: 0 },
    { correlation_id: 'batch', started: '1970-01-01T00:00:00.001Z', spans: 2, failures: 1 },
  ]);
  expect(store.stories(1)).toHaveLength(1);
});
