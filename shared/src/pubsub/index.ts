export { clientOptions, type PubSubAddress, pubSubIn } from './address.ts';
export { type DeadLetter, type DeadLetters, openDeadLetters } from './dead-letters.ts';
export { declarationAttributes } from './declared.ts';
export { fitMessage } from './envelope.ts';
export { openPublisher, type Publisher } from './publisher.ts';
export { RatingSignatures } from './signed-ratings.ts';
