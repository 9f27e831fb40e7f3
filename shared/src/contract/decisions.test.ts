import { decisionBody } from './decisions.ts';

const decision = { kind: 'rollback', by: 'ann', why: 'it was wrong on Monday' };

it('takes a decision with who and why', () => {
  expect(decisionBody.parse({ ...decision, why: ' é\n' })).toEqual({ ...decision, why: 'é' });
});

it.each([
  ['by', 'a\u0000b', 'Write well-formed text without U+0000.'],
  ['why', '\ud800', 'Write well-formed text without U+0000.'],
  ['why', '  ', 'Say why: it is kept with the decision.'],
  ['by', undefined, 'Say who decides.'],
])('refuses one whose %s is %j, which no record could hold', (field, value, message) => {
  const { error } = decisionBody.safeParse({ ...decision, [field]: value });
  expect(error?.issues).toMatchObject([{ path: [field], message }]);
});
