import { timeOrderedUuid, uuidFromName } from './ids.ts';

it('makes the same id of the same words, and another of others', () => {
  expect(uuidFromName('job', 'a')).toBe(uuidFromName('job', 'a'));
  expect(uuidFromName('job', 'a')).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(uuidFromName('ab', 'c')).not.toBe(uuidFromName('a', 'bc'));
});

it('makes ids that sort by time and are never alike', () => {
  const early = Array.from({ length: 1000 }, () => timeOrderedUuid(1_700_000_000_000));
  expect(new Set(early).size).toBe(1000);
  expect(early.every(id => id < timeOrderedUuid(1_700_000_000_001))).toBe(true);
  expect(early[0]).toMatch(/^018bcfe5-6800-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
