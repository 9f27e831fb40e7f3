import { Fifo } from './fifo.ts';

it('gives items back in order, over thousands of them', () => {
  const fifo = new Fifo<number>();
  const taken: (number | undefined)[] = [];
  for (let number = 0; number < 5000; number += 1) {
    fifo.push(number);
    if (number % 2 === 1) taken.push(fifo.shift());
  }
  while (!fifo.isEmpty) taken.push(fifo.shift());
  expect(taken).toEqual(Array.from({ length: 5000 }, (_, number) => number));
  expect(fifo.shift()).toBeUndefined();
});
