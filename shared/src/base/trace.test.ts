import { continueTrace, formatTraceparent, readTraceparent } from './trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const given = `00-${traceId}-00f067aa0ba902b7-01`;

it('goes on with the first trace that is valid, with a span of its own', () => {
  const trace = continueTrace(readTraceparent(undefined, 'nonsense', given));
  expect(trace).toMatchObject({ traceId, flags: '01' });
  expect(formatTraceparent(trace)).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  expect(trace.spanId).not.toBe('00f067aa0ba902b7');
});

it.each([
  `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
  `${given}\n`,
])('takes "%s" for no trace', invalid => {
  expect(readTraceparent(invalid)).toBeUndefined();
});

it('begins a trace that is not recorded where there is none', () => {
  expect(continueTrace()).toMatchObject({ traceId: expect.stringMatching(/^[0-9a-f]{32}$/), flags: '00' });
});
