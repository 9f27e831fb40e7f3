export type ModelProblem =
  | 'too-large'
  | 'not-json'
  | 'schema'
  | 'checksum'
  | 'data-set'
  | 'shape'
  | 'self-test';

/** The file is not a model that may answer. Reading it again cannot help: keep the model that serves now. */
export class InvalidModelError extends Error {
  override readonly name = 'InvalidModelError';
  readonly problem: ModelProblem;

  constructor(problem: ModelProblem, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.problem = problem;
  }
}
