/** What a text in JSON may hold at most: a few megabytes of it can become gigabytes of objects and errors. */
export interface JsonBounds {
  /** How deep lists and objects may nest. */
  readonly depth: number;
  /** Values in all: texts, numbers, lists and objects. */
  readonly values: number;
  /** Different texts that are names of values. Each makes an object of a shape of its own, which is slow. */
  readonly names: number;
}
