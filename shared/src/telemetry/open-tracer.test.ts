import { startSilentServer } from '@banknote-loop/testing/silent-server';
import { createLogger } from '../base/log.ts';
import { until } from '../base/timing.ts';
import { openTracer, plainTracer } from './open-tracer.ts';

const start = { name: 'process request', kind: 'consumer', attributes: {} } as const;

function open(endpoint?: string) {
  const log = createLogger('test', 'silent');
  const warn = jest.spyOn(log, 'warn');
  const settings = {
    PROJECT_ID: 'test',
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: 1,
  };
  return { opening: openTracer('example', settings, log), warn };
}

it('records nothing unless it is told where to send spans', async () => {
  expect(await open().opening).toBe(plainTracer);
});

it('carries a trace on even where nothing is recorded', () => {
  const parent = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7', flags: '01' };
  const { trace } = plainTracer.start(start, parent);
  expect(trace).toMatchObject({ traceId: parent.traceId, flags: '01' });
  expect(trace.spanId).not.toBe(parent.spanId);
});

it('keeps no answer waiting for a receiver of spans that is silent', async () => {
  const silent = await startSilentServer();
  const tracer = await open(`http://127.0.0.1:${silent.port}`).opening;
  tracer.start(start, undefined).end({});
  await tracer.flush();
  await silent.close();
  await tracer.close().catch(() => {});
});

it('complains once, and works on, where spans cannot be sent', async () => {
  const { opening, warn } = open('http://127.0.0.1:9');
  const tracer = await opening;
  const work = async (): Promise<void> => {
    tracer.start(start, undefined).end({});
    await tracer.flush();
  };
  await work();
  await until('it complains', () => warn.mock.calls.length > 0);
  await work();
  await tracer.close().catch(() => {});
  expect(warn).toHaveBeenCalledTimes(1);
});
