import type { Span } from './otlp-request.ts';
import { SpanStore } from './span-store.ts';

function span(id: string, more: Partial<Span> = {}): Span {
  return {
    traceId: 't',
    spanId: id,
    parentSpanId: null,
    conversationId: 'order',
    service: 'shop',
    name: 'process orders',
    kind: 'consumer',
    startMs: Number(id.slice(1)),
    durationMs: 1,
    error: null,
    attributes: {},
    links: [],
    ...more,
  };
}

const idsOf = (spans: readonly Span[] = []): readonly string[] => spans.map(({ spanId }) => spanId);

it('finds a conversation in order of time, with the work that it links to', () => {
  const store = new SpanStore(10);
  const links = [{ traceId: 't2', spanId: 's9' }];
  store.add([span('s2', { links }), span('s9', { conversationId: 'other' }), span('s1')]);
  store.add([span('s3', { conversationId: 'other' })]);
  expect(idsOf(store.conversation('order'))).toEqual(['s1', 's2', 's9']);
});

it('forgets the oldest spans when it is full', () => {
  const store = new SpanStore(2);
  store.add([span('s1'), span('s2'), span('s3')]);
  expect(idsOf(store.conversation('order'))).toEqual(['s2', 's3']);
});

it('lists the latest conversations, newest first', () => {
  const store = new SpanStore(10);
  store.add([span('s1'), span('s2', { conversationId: 'newer' }), span('s3')]);
  store.add([span('s4', { conversationId: null })]);
  const latest = store.latest(5);
  expect([...latest.keys()]).toEqual(['newer', 'order']);
  expect(idsOf(latest.get('order'))).toEqual(['s1', 's3']);
  expect([...store.latest(1).keys()]).toEqual(['newer']);
});
