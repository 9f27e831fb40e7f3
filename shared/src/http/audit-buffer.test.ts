import { createLogger } from '../base/log.ts';
import { until } from '../base/timing.ts';
import type { AuditEntry } from '../postgres/audit.ts';
import { AuditBuffer } from './audit-buffer.ts';

const written: AuditEntry[] = [];
const running = new Set<Promise<void>>();
let failing = false;
let buffer: AuditBuffer;
beforeEach(() => {
  written.length = 0;
  failing = false;
  const record = async (...entries: readonly AuditEntry[]): Promise<void> => {
    if (failing) throw new Error('no database');
    written.push(...entries);
  };
  const track = async (work: () => Promise<void>): Promise<void> => {
    const run = work();
    running.add(run);
    await run;
    running.delete(run);
  };
  buffer = new AuditBuffer(async () => ({ record }), createLogger('test', 'silent'), track);
});

const refusal = { action: 'refusal', who: '192.0.2.7', address: '192.0.2.7' } as const;
const read = { action: 'read', who: 'theo', target: 'batch 1' } as const;
const done = () => until('all is written', async () => running.size === 0);

it('writes the same ones as one, with their number, and lets the process wait for them', async () => {
  for (const target of ['401 GET /models', '401 GET /models', '403 POST /decisions']) {
    buffer.take({ ...refusal, target });
  }
  expect(written).toEqual([]);
  expect(running.size).toBe(1);
  await done();
  expect(written).toEqual([
    { ...refusal, target: '401 GET /models', times: 2 },
    { ...refusal, target: '403 POST /decisions', times: 1 },
  ]);
});

it('does not grow with the names that somebody makes up', async () => {
  for (let name = 0; name < 2_000; name += 1) buffer.take({ ...refusal, who: `name ${name}` });
  await done();
  expect(written).toHaveLength(501);
  expect(written.at(-1)).toEqual({ action: 'refusal', who: 'many others', times: 1_500 });
});

it('writes once who looks at the same again and again', async () => {
  buffer.take(read);
  await done();
  buffer.take(read);
  buffer.take({ ...read, target: 'batch 2' });
  await done();
  expect(written.map(({ target, times }) => [target, times])).toEqual([
    ['batch 1', 1],
    ['batch 2', 1],
  ]);
});

it('goes on after a failure', async () => {
  failing = true;
  buffer.take(refusal);
  await done();
  failing = false;
  buffer.take(refusal);
  await done();
  expect(written).toHaveLength(1);
});
