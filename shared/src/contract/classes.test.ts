import { banknotes, iris } from '@banknote-loop/testing/data-sets';
import { classNames, classOf, otherClass } from './classes.ts';

it('calls class 0 of the banknotes fake and class 1 real', () => {
  expect(classNames(banknotes)).toEqual(['fake', 'real']);
  expect([classOf(banknotes, 'fake'), classOf(banknotes, 'real')]).toEqual([0, 1]);
  expect(classOf(banknotes, 'forged')).toBeUndefined();
});

it('knows what a wrong answer leaves where there are two classes, and else does not guess', () => {
  expect(otherClass(banknotes, 'fake')).toBe('real');
  expect(otherClass(iris, 'setosa')).toBeUndefined();
});
