/** An answer other than success, in the terms of the JSON API. */
export class StorageError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.name = 'StorageError';
    this.status = status;
    this.reason = reason;
  }

  /** The body that Google's clients read the reason from. */
  toJSON(): object {
    const { status: code, reason, message } = this;
    return { error: { code, message, errors: [{ message, domain: 'global', reason }] } };
  }
}

export const invalid = (message: string): StorageError => new StorageError(400, 'invalid', message);
export const notFound = (message: string): StorageError => new StorageError(404, 'notFound', message);
export const conflict = (message: string): StorageError => new StorageError(409, 'conflict', message);
export const forbidden = (message: string): StorageError => new StorageError(403, 'forbidden', message);
export const notModified = (): StorageError =>
  new StorageError(304, 'notModified', 'The object has not changed.');
export const unavailable = (message: string): StorageError => new StorageError(503, 'backendError', message);
/** Not 501, which would say it better: Go's client repeats for ever what fails by 5xx. */
export const notImplemented = (message: string): StorageError =>
  new StorageError(400, 'notImplemented', message);
export const conditionNotMet = (): StorageError =>
  new StorageError(412, 'conditionNotMet', 'At least one of the pre-conditions you specified did not hold.');
