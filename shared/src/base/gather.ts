/**
 * Lets items that come within the same few milliseconds share a call. Nothing waits for company that is not there: the
 * first goes as soon as a turn of the event loop brings nothing more. What comes while a call is under way goes when
 * that is done, together. Neither waits longer than `patienceMs`. A call that fails has failed for all that shared it.
 */
export function gather<Item>(
  sendAll: (items: readonly Item[]) => Promise<void>,
  { patienceMs, sizeOf, maxSize }: GatherOptions<Item>,
): Gatherer<Item> {
  const waiting: Waiting<Item>[] = [];
  let underWay = 0;
  let inHand = 0;
  let timer: NodeJS.Timeout | undefined;

  /** Callers that were answered together come back one after the other: each turn of a busy process brings some of them. */
  function departWhenQuiet(latest: number, known = 0): void {
    setImmediate(() => {
      const isQuiet = waiting.length === known || performance.now() >= latest;
      if (isQuiet) depart();
      else departWhenQuiet(latest, waiting.length);
    });
  }

  function depart(): void {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) void send(takeGroup());
  }

  function takeGroup(): readonly Waiting<Item>[] {
    let size = 0;
    const end = waiting.findIndex(({ item }, i) => {
      size += sizeOf(item);
      return i > 0 && size > maxSize;
    });
    return waiting.splice(0, end < 0 ? waiting.length : end);
  }

  async function send(group: readonly Waiting<Item>[]): Promise<void> {
    underWay += 1;
    try {
      await sendAll(group.map(({ item }) => item));
      for (const { resolve } of group) resolve();
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    inHand -= group.length;
    underWay -= 1;
    if (underWay === 0) depart();
  }

  return {
    get inHand() {
      return inHand;
    },
    add: item =>
      new Promise((resolve, reject) => {
        inHand += 1;
        waiting.push({ item, resolve, reject });
        if (waiting.length > 1) return;
        if (underWay === 0) departWhenQuiet(performance.now() + patienceMs);
        else timer = setTimeout(depart, patienceMs);
      }),
  };
}

export interface Gatherer<Item> {
  /** Resolves when the call that the item went with has succeeded. */
  add(item: Item): Promise<void>;
  /** How many have been added, and have not gone through yet. */
  readonly inHand: number;
}

interface GatherOptions<Item> {
  readonly patienceMs: number;
  readonly sizeOf: (item: Item) => number;
  /** No call is larger, but for one of a single item. */
  readonly maxSize: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}
