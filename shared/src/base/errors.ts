/**
 * The message can never be processed, however often it comes: it goes to `dead-letter` with this reason. `field` is
 * the path of the part that is wrong, where there is one. Anything else that is thrown is tried again.
 */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
  readonly field: string | undefined;

  constructor(reason: string, options: { readonly field?: string; readonly cause?: unknown } = {}) {
    super(reason, { cause: options.cause });
    this.field = options.field;
  }
}

/** What is asked for does not exist, and will not come to exist by waiting; over HTTP, 404. */
export class NotFoundError extends PermanentError {
  override readonly name = 'NotFoundError';
}

/** It contradicts how things stand now, and somebody must change that first; over HTTP, 409. */
export class ConflictError extends PermanentError {
  override readonly name = 'ConflictError';
}

/** It is more than is taken at a time; over HTTP, 413. */
export class TooLargeError extends PermanentError {
  override readonly name = 'TooLargeError';
}

/** Something is missing that will be there later: a model, a prediction, a connection. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  /** What a caller may be told of it; of other reasons nothing is. */
  readonly forCaller: string | undefined;

  constructor(reason: string, options: { readonly cause?: unknown; readonly forCaller?: string } = {}) {
    super(reason, options);
    this.forCaller = options.forCaller;
  }
}

export type Failure = 'transient' | 'permanent';

/**
 * Postgres errors that lie in the data itself, by SQLSTATE class: 22 (a value does not fit its type) and 23 (it
 * breaks a constraint). All others pass: lost connections (08), deadlocks (40), a full disk (53), a restart (57),
 * and even a missing table or right (42), since a bad deployment must not drain the queue into `dead-letter`.
 * For the same reason no answer of the bucket, of Redis or of a Google API is permanent, not even "forbidden".
 */
const permanentSqlStates = /^2[23][0-9A-Z]{3}$/;

const permanentErrors: ReadonlySet<string> = new Set([
  'PermanentError',
  'NotFoundError',
  'ConflictError',
  'TooLargeError',
]);

/** The one table that tells which failures are worth another attempt. */
export function classify(error: unknown): Failure {
  if (!(error instanceof Error)) return 'transient';
  // By name as well as by class: the same class in two bundles is two classes.
  if (permanentErrors.has(error.name)) return 'permanent';
  if (error.name === 'TransientError') return 'transient';
  return refusedDataState(error) ? 'permanent' : 'transient';
}

function refusedDataState(error: Error): string | undefined {
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && permanentSqlStates.test(code) ? code : undefined;
}

/** The error as a sentence for a log line or an attribute: never more than that, and never data. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const sqlState = refusedDataState(error);
  // PostgreSQL quotes the value that it refuses.
  if (sqlState) return `PostgreSQL refuses a value of the message (SQLSTATE ${sqlState}).`;
  // An AggregateError of Node's (every address refused) has an empty message of its own.
  const own =
    error.message || (error instanceof AggregateError ? error.errors.map(describe).join('; ') : error.name);
  return error.cause instanceof Error ? `${own} (${describe(error.cause)})` : own;
}

/** `features[3][0]`, as one would write it in code. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
