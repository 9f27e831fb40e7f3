export { answerHelp, readCommandLine } from './command-line.ts';
export { plaintext } from './emulator.ts';
export { ConflictError, describe, NotFoundError } from './errors.ts';
export { timeOrderedUuid, uuidFromName } from './ids.ts';
export { KeyRing } from './key-ring.ts';
export { createLogger, type Facts } from './log.ts';
export { shareNext } from './share-next.ts';
export { atMost, until } from './timing.ts';
export { formatTraceparent, readTraceparent, type Trace } from './trace.ts';
