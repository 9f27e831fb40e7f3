import { faultsOf, membersOf } from './faults.ts';

it('compares fields by path, and takes what is left out for its default', () => {
  const found = { a: { b: [{ c: 1 }] }, on: 'yes' };
  expect(faultsOf(found, { kind: 'fields', fields: { 'a.b.0.c': '1', 'a.min': 0, 'a.off': false } })).toEqual(
    [],
  );
  expect(faultsOf(found, { kind: 'fields', fields: { on: 'no', 'a.x': 5 } })).toEqual([
    'on is yes, and should be no',
    'a.x is not set, and should be 5',
  ]);
  expect(faultsOf('not an object', { kind: 'fields', fields: { a: 1 } })).toHaveLength(1);
});

it('takes for equal what Google writes in several ways', () => {
  const found = {
    cpu: '1000m',
    network: 'https://www.googleapis.com/compute/v1/projects/p/global/networks/n',
    env: [{ name: 'A', value: 'x' }],
  };
  const fields = { cpu: '1', network: 'projects/p/global/networks/n', env: { A: { value: 'x' } } };
  expect(faultsOf(found, { kind: 'fields', fields, only: ['env'] })).toEqual([]);
  expect(
    faultsOf(found, { kind: 'fields', fields: { ...fields, cpu: '2', env: {} }, only: ['env'] }),
  ).toEqual(['cpu is 1000m, and should be 2', 'env.A is x, and should not be set']);
});

it('compares lists entry by entry', () => {
  const fields = { a: [{ b: 1 }, { b: 2 }] };
  expect(faultsOf({ a: [{ b: 1, c: 0 }, { b: 3 }] }, { kind: 'fields', fields })).toEqual([
    'a.1.b is 3, and should be 2',
  ]);
  expect(faultsOf({ a: [] }, { kind: 'fields', fields })).toEqual(['a has 0 entries, and should have 2']);
});

it('looks for entries of lists', () => {
  const runtimes = [
    { name: 'nodejs20', stage: 'GA' },
    { name: 'nodejs22', stage: 'DEPRECATED' },
  ];
  const wanted = { kind: 'entry', fields: { name: 'nodejs22', stage: 'GA' } } as const;
  expect(faultsOf(runtimes, wanted)).toEqual(['there is none name nodejs22, stage GA']);
  expect(faultsOf([...runtimes, { name: 'nodejs22', stage: 'GA' }], wanted)).toEqual([]);
  expect(faultsOf([], { kind: 'entry', fields: {} })).toEqual(['there is none']);
  expect(faultsOf([{ n: 'a' }], { kind: 'listed', path: 'n', values: ['a', 'b'] })).toEqual(['b is missing']);
});

it('tells who lacks a right, who has it, and who should not', () => {
  const policy = {
    bindings: [
      { role: 'r', members: ['a', 'x'] },
      { role: 'other', members: ['b'] },
    ],
  };
  const grant = { role: 'r', members: ['a', 'b'] };
  expect(membersOf(policy, { ...grant, exact: true })).toEqual({
    missing: ['b'],
    present: ['a'],
    surplus: ['x'],
  });
  expect(membersOf(policy, { ...grant, exact: false }).surplus).toEqual([]);
  expect(membersOf({}, { ...grant, exact: true })).toEqual({ missing: ['a', 'b'], present: [], surplus: [] });
});
