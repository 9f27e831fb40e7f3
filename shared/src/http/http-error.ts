interface Options {
  readonly field?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The caller's mistake, or a state that the caller must know of; the message is for people. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  /** The path of the part that is wrong, where there is one. */
  readonly field: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, { field, headers = {} }: Options = {}) {
    super(message);
    this.status = status;
    this.field = field;
    this.headers = headers;
  }
}
