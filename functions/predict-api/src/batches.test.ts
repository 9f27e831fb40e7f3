import type { Caller } from '@banknote-loop/shared/http';
import { reviewerOf } from './batches.ts';

function caller(verified: boolean, ...scopes: string[]): Caller {
  return { principal: 'eve', address: '192.0.2.1', verified, scopes: new Set(scopes) };
}

it.each([
  ['her own name, which the token proves', undefined, [], { reviewer: 'eve', verified: true }],
  ['her own name where she writes it', 'eve', ['notes:rate-for'], { reviewer: 'eve', verified: true }],
  ['a name that nobody checked where she speaks for another', 'bob', ['notes:rate-for'], { reviewer: 'bob' }],
])('rates under %s', (_what, named, scopes, expected) => {
  expect(reviewerOf(named, caller(true, ...scopes))).toEqual(expected);
});

it('lets nobody use the name of another who may not', () => {
  expect(() => reviewerOf('bob', caller(true, 'notes:rate'))).toThrow('You rate as eve');
});

it('leaves names as they are where callers are not known', () => {
  expect(reviewerOf('bob', caller(false, 'notes:rate-for'))).toEqual({ verified: undefined });
});
