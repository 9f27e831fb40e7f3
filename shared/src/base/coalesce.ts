/**
 * Lets items that arrive together share one call. Nothing waits for a batch to fill: the first item goes at once, and
 * what arrives while it is under way goes together when it is done. If a shared call fails for what is in it, each item
 * is tried alone, so that each fails or succeeds by itself. Any other failure is that of all: with the server away, to
 * try each in turn would only make the last one wait for the first.
 */
export function coalesce<Item>(
  runAll: (items: readonly Item[]) => Promise<void>,
  options: CoalesceOptions<Item>,
): (item: Item) => Promise<void> {
  let waiting: Waiting<Item>[] = [];
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

  function takeGroup(): readonly Waiting<Item>[] {
    let size = 0;
    const end = waiting.findIndex(({ item }, i) => {
      size += options.sizeOf(item);
      return i > 0 && size > options.maxSize;
    });
    const group = end < 0 ? waiting : waiting.slice(0, end);
    waiting = end < 0 ? [] : waiting.slice(end);
    return group;
  }

  async function settle(group: readonly Waiting<Item>[]): Promise<void> {
    try {
      await runAll(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      if (group.length > 1 && options.isItemError(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  }

  return item =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (!running) void run();
    });
}

interface CoalesceOptions<Item> {
  readonly sizeOf: (item: Item) => number;
  /** No shared call is larger, but for one of a single item. */
  readonly maxSize: number;
  /** Whether one item may have failed the call for all, rather than the server. */
  readonly isItemError: (error: unknown) => boolean;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
