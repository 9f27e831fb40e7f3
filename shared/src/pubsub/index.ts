export type { DeadLetter, DeadLetters } from './dead-letters.ts';
export { decodeData } from './envelope.ts';
export type { Publisher } from './publisher.ts';
