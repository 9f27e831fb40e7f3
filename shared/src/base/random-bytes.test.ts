import { takeRandomBytes } from './random-bytes.ts';

it('never gives out the same bytes twice', () => {
  const drawn = Array.from({ length: 5_000 }, () => takeRandomBytes(16));
  const before = new Set(drawn.map(bytes => bytes.toString('hex')));
  expect(before.size).toBe(5_000);
  expect([...before].every(hex => hex.length === 32)).toBe(true);
});

it('gives bytes that stay what they are', () => {
  const bytes = takeRandomBytes(16);
  const hex = bytes.toString('hex');
  for (let i = 0; i < 1_000; i += 1) takeRandomBytes(16);
  expect(bytes.toString('hex')).toBe(hex);
});
