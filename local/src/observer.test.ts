import { createLogger, readTraceparent } from '@banknote-loop/shared/base';
import { openTracer, type Tracer } from '@banknote-loop/shared/telemetry';
import { type Observer, startObserver } from './observer.ts';
import { joinMetrics } from './own-answers.ts';

// OpenTelemetry's own exporter on one side, the runner's receiver on the other.

let observer: Observer;
let tracer: Tracer;
beforeAll(async () => {
  observer = await startObserver({});
  const { OTEL_EXPORTER_OTLP_ENDPOINT } = observer.environment;
  const settings = { PROJECT_ID: 'test', OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER_ARG: 1 };
  tracer = await openTracer('prediction', settings, createLogger('test', 'silent'));
});
afterAll(async () => {
  await tracer.close();
  await observer.close();
});

const parent = readTraceparent('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
const other = readTraceparent('00-11111111111111111111111111111111-2222222222222222-01');
if (!parent || !other) throw new Error('The test has no valid traces.');

it('keeps what a function did, in the trace in which it was asked to', async () => {
  const work = tracer.start(
    { name: 'process request', kind: 'consumer', attributes: { 'messaging.message.id': '7', nothing: null } },
    parent,
  );
  const sending = work.startChild({ name: 'send prediction', kind: 'producer', attributes: {} });
  work.link(other);
  sending.end({ 'messaging.message.conversation_id': 'batch' });
  work.end(
    { 'messaging.message.conversation_id': 'batch', 'banknote.notes': 3 },
    { type: 'transient', reason: 'There is no model yet.' },
  );
  await tracer.flush();

  expect(observer.traces('batch')).toMatchObject({
    correlation_id: 'batch',
    spans: [
      {
        trace_id: parent.traceId,
        span_id: work.trace.spanId,
        parent_span_id: parent.spanId,
        function: 'prediction',
        name: 'process request',
        kind: 'consumer',
        failure: 'There is no model yet.',
        facts: { 'messaging.message.id': '7', 'banknote.notes': 3, 'error.type': 'transient' },
        links: [{ trace_id: other.traceId, span_id: other.spanId }],
      },
      {
        trace_id: parent.traceId,
        parent_span_id: work.trace.spanId,
        name: 'send prediction',
        kind: 'producer',
        failure: null,
      },
    ],
  });
  expect(sending.trace).toMatchObject({ traceId: parent.traceId, flags: '01' });
  expect(observer.traces(undefined)).toEqual({
    stories: [{ correlation_id: 'batch', started: expect.stringMatching(/Z$/), spans: 2, failures: 1 }],
  });
});

it('records nothing that its caller does not record', async () => {
  const unrecorded = readTraceparent('00-33333333333333333333333333333333-2222222222222222-00');
  const work = tracer.start({ name: 'process request', kind: 'consumer', attributes: {} }, unrecorded);
  work.end({ 'messaging.message.conversation_id': 'unrecorded' });
  await tracer.flush();
  expect(observer.traces('unrecorded')).toEqual({ correlation_id: 'unrecorded', spans: [] });
  expect(work.trace).toMatchObject({ traceId: '33333333333333333333333333333333', flags: '00' });
});

it('makes metrics of the lines that functions write, and of nothing else', () => {
  observer.take({ message: 'no work ended here' });
  observer.take({ function: 'prediction', outcome: 'done', duration_seconds: 0.2, attempt: 2, notes: 3 });
  expect(observer.metrics()).toContain(
    'messaging_client_consumed_messages_total{function="prediction",outcome="done"} 1\n',
  );
  expect(observer.metrics()).toContain(
    'messaging_process_duration_seconds_bucket{function="prediction",outcome="done",le="0.25"} 1\n',
  );
  expect(observer.metrics()).toContain('banknote_redeliveries_total{function="prediction"} 1\n');
  expect(observer.metrics()).toContain('banknote_batch_notes_sum 3\n');
  expect(observer.metrics()).not.toContain('banknote_refusals_total');
});

it('says each metric once', () => {
  const first = '# HELP a A.\na 1\n';
  expect(joinMetrics(first, '# HELP a A.\na 2\n# HELP b B.\nb 3\n')).toBe(`${first}# HELP b B.\nb 3\n`);
  expect(joinMetrics(first, '')).toBe(first);
});

it('measures whatever is shown: functions that were told to write less write what is counted', async () => {
  for (const [LOG_LEVEL, told] of [
    ['warn', 'info'],
    ['silent', 'info'],
    // Whoever wants more gets it, and of a level that does not exist each function says so.
    ['debug', undefined],
    ['loud', undefined],
    [undefined, undefined],
  ]) {
    const quiet = await startObserver({ LOG_LEVEL, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect(quiet.environment.LOG_LEVEL).toBe(told);
    await quiet.close();
  }
});
