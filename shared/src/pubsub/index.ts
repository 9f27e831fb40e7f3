export type { DeadLetter, DeadLetters } from './dead-letters.ts';
export { fitMessage } from './envelope.ts';
export type { Publisher } from './publisher.ts';
