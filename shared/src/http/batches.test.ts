import type { Caller } from './access/tokens.ts';
import { batchIdFor, maySee, requireOwnBatch } from './batches.ts';

const caller = (principal: string, verified = true, ...scopes: string[]): Caller => ({
  principal,
  address: '192.0.2.7',
  verified,
  scopes: new Set(scopes),
});
const idempotencyKey = undefined;

it('shows a batch to whom it belongs, to those who may read all, and where nobody signs in to everybody', () => {
  const id = batchIdFor({ caller: caller('mira'), idempotencyKey }, {});
  expect(maySee(caller('mira'), id)).toBe(true);
  expect(maySee(caller('theo'), id)).toBe(false);
  expect(maySee(caller('theo', true, 'notes:read'), id)).toBe(true);
  expect(maySee(caller('127.0.0.1', false), id)).toBe(true);
  const read: string[] = [];
  const auditRead = (target: string): void => void read.push(target);
  const ask = (by: Caller): void => requireOwnBatch({ caller: by, auditRead }, id);
  expect(() => ask(caller('theo'))).toThrow(expect.objectContaining({ status: 404 }));
  ask(caller('mira'));
  ask(caller('127.0.0.1', false));
  expect(read).toEqual([]);
  ask(caller('theo', true, 'notes:read'));
  expect(read).toEqual([`batch ${id}`]);
});

it('belongs to nobody where nobody signs in', () => {
  const id = batchIdFor({ caller: caller('mira', false), idempotencyKey }, {});
  expect(maySee(caller('mira'), id)).toBe(false);
});

it('makes ids apart from each other, and the same of the same key', () => {
  const ids = Array.from({ length: 5_000 }, () => batchIdFor({ caller: caller('mira'), idempotencyKey }, {}));
  expect(new Set(ids).size).toBe(ids.length);
  const withKey = () => batchIdFor({ caller: caller('mira'), idempotencyKey: 'k' }, { a: 1 });
  expect(withKey()).toBe(withKey());
  expect(withKey()).not.toBe(batchIdFor({ caller: caller('theo'), idempotencyKey: 'k' }, { a: 1 }));
});
