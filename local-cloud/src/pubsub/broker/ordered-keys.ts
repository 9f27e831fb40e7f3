import type { Message } from './message.ts';

interface Keyed {
  readonly message: Message;
}

/** The messages of one ordering key: those in hand were handed out together, the others wait until these are settled. */
interface Line<Entry> {
  /** Oldest first. */
  readonly waiting: Entry[];
  readonly inHand: Set<Entry>;
  /** The first in line, once it has been called up. */
  called: Entry | undefined;
}

/** Keeps messages of the same ordering key in the order of their publication. */
export class OrderedKeys<Entry extends Keyed> {
  readonly #lines = new Map<string, Line<Entry>>();
  readonly #waiting = new Set<Entry>();
  readonly #isHeld: (entry: Entry) => boolean;
  readonly #callUp: (entry: Entry) => void;

  /** Calls up the first of a line whenever its turn has come; one that is held back is called when it joins again. */
  constructor(isHeld: (entry: Entry) => boolean, callUp: (entry: Entry) => void) {
    this.#isHeld = isHeld;
    this.#callUp = callUp;
  }

  /** Stands in line, in the place that its age gives it. */
  join(entry: Entry): void {
    const line = this.#lineOf(entry);
    line.inHand.delete(entry);
    if (!this.#waiting.has(entry)) insert(line.waiting, entry);
    this.#waiting.add(entry);
    this.#advance(line, entry);
  }

  /** Whether the entry that was called up is still the first of its line; it is in hand then. */
  take(entry: Entry): boolean {
    const line = this.#lineOf(entry);
    if (line.called !== entry || line.waiting[0] !== entry) return false;
    this.#handOut(line, entry);
    return true;
  }

  /** The next of the same key, to go along with the one before. */
  takeAfter(entry: Entry): Entry | undefined {
    const line = this.#lineOf(entry);
    const next = line.waiting[0];
    if (next === undefined || this.#isHeld(next)) return undefined;
    this.#handOut(line, next);
    return next;
  }

  leave(entry: Entry): void {
    const line = this.#lineOf(entry);
    line.inHand.delete(entry);
    if (this.#waiting.delete(entry)) line.waiting.splice(line.waiting.indexOf(entry), 1);
    this.#advance(line, entry);
  }

  /** Those in hand that were published after the entry. */
  inHandAfter(entry: Entry): Entry[] {
    return [...this.#lineOf(entry).inHand].filter(other => isOlder(entry, other));
  }

  #handOut(line: Line<Entry>, entry: Entry): void {
    line.waiting.shift();
    this.#waiting.delete(entry);
    line.inHand.add(entry);
    line.called = undefined;
  }

  #advance(line: Line<Entry>, { message }: Entry): void {
    const [first] = line.waiting;
    if (line.inHand.size > 0) return;
    if (first === undefined) this.#lines.delete(message.orderingKey);
    else if (line.called !== first && !this.#isHeld(first)) {
      line.called = first;
      this.#callUp(first);
    }
  }

  #lineOf({ message }: Entry): Line<Entry> {
    const known = this.#lines.get(message.orderingKey);
    if (known !== undefined) return known;
    const line: Line<Entry> = { waiting: [], inHand: new Set(), called: undefined };
    this.#lines.set(message.orderingKey, line);
    return line;
  }
}

/** Nearly always at the end, or at the beginning when it comes back. */
function insert<Entry extends Keyed>(waiting: Entry[], entry: Entry): void {
  const last = waiting.at(-1);
  const index =
    last === undefined || isOlder(last, entry) ? -1 : waiting.findIndex(other => isOlder(entry, other));
  if (index === -1) waiting.push(entry);
  else waiting.splice(index, 0, entry);
}

function isOlder(a: Keyed, b: Keyed): boolean {
  return Number(a.message.id) < Number(b.message.id);
}
