/**
 * Lets pieces of work that arrive together share one call. Nothing waits for company: the first piece goes at once,
 * and what arrives while it is under way goes together when it is done. If a shared call fails for what is in it, each
 * piece is tried alone, so that each has its own outcome and one bad piece does not fail its neighbours. Any other
 * failure is that of all: with the server away, to try each in turn would only make the last one wait for the first.
 */
export function coalesce<Piece>(
  runAll: (pieces: readonly Piece[]) => Promise<void>,
  options: CoalesceOptions<Piece>,
): (piece: Piece) => Promise<void> {
  let waiting: Waiting<Piece>[] = [];
  let running = false;

  async function run(): Promise<void> {
    running = true;
    // Leave this turn of the event loop first: messages that arrived in one packet are all here then.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const group = takeGroup();
      await settle(group);
    }
    running = false;
  }

  function takeGroup(): readonly Waiting<Piece>[] {
    let size = 0;
    const end = waiting.findIndex(({ piece }, i) => {
      size += options.sizeOf(piece);
      return i > 0 && size > options.maxSize;
    });
    const group = end < 0 ? waiting : waiting.slice(0, end);
    waiting = end < 0 ? [] : waiting.slice(end);
    return group;
  }

  async function settle(group: readonly Waiting<Piece>[]): Promise<void> {
    try {
      await runAll(group.map(({ piece }) => piece));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length > 1 && options.isItemError(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  return piece =>
    new Promise((resolve, reject) => {
      waiting.push({ piece, resolve, reject });
      if (!running) void run();
    });
}

interface CoalesceOptions<Piece> {
  readonly sizeOf: (piece: Piece) => number;
  /** No shared call is larger, but for one of a single piece. */
  readonly maxSize: number;
  /** Whether one piece may have failed the call for all. */
  readonly isItemError: (error: unknown) => boolean;
}

interface Waiting<Piece> {
  readonly piece: Piece;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
