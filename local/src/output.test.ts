import { stripVTControlCharacters } from 'node:util';
import { formatLogLine } from './output.ts';

const line = JSON.stringify({
  severity: 'INFO',
  time: '2026-01-01T12:34:56.789Z',
  function: 'prediction',
  outcome: 'done',
  event_id: '17',
  correlation_id: 'b1',
  'logging.googleapis.com/trace': 'projects/p/traces/t',
  duration_seconds: 0.0123,
  notes: 3,
  message: 'done',
});

function read(least: Parameters<typeof formatLogLine>[2], text = line): string | undefined {
  const formatted = formatLogLine('prediction', text, least);
  return formatted && stripVTControlCharacters(formatted);
}

it('shows a person what is worth reading', () => {
  expect(read('info')).toBe(
    '12:34:56.789 prediction           done correlation_id=b1 duration=12.3ms notes=3',
  );
});

it('shows everything to those who look for a fault', () => {
  expect(read('debug')).toContain('logging.googleapis.com/trace=projects/p/traces/t');
});

it('leaves out what is less important than asked for', () => {
  expect(read('warn')).toBeUndefined();
});

it('shows what a function writes when it breaks down', () => {
  expect(read('error', 'Error: no memory')).toBe('prediction           Error: no memory');
});
