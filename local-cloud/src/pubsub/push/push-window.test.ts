import { PushWindow } from './push-window.ts';

function grownTo(size: number, max = 1000): PushWindow {
  const window = new PushWindow(max);
  while (window.size < size) {
    window.begin();
    window.succeed();
  }
  return window;
}

it('starts with one push and grows with each success, up to the limit', () => {
  const window = new PushWindow(3);
  window.begin();
  expect(window.isOpen).toBe(false);
  window.succeed();
  expect(window.size).toBe(2);
  expect(grownTo(3, 3).size).toBe(3);
});

it('halves once for pushes that fail together, without a pause while it is wide', () => {
  const window = grownTo(64);
  const rounds = Array.from({ length: 10 }, () => window.begin());
  const pauses = rounds.map(round => window.fail(round));
  expect(window.size).toBe(32);
  expect(pauses.every(pause => pause === 0)).toBe(true);
});

it('pauses ever longer for an endpoint that is dead, and forgets it at the first success', () => {
  const window = new PushWindow(1000);
  const pauses = Array.from({ length: 10 }, () => window.fail(window.begin()));
  expect(pauses.slice(0, 4)).toEqual([10, 20, 40, 80]);
  expect(pauses.at(-1)).toBe(1000);
  window.begin();
  window.succeed();
  window.fail(window.begin());
  expect(window.fail(window.begin())).toBeLessThanOrEqual(20);
});
