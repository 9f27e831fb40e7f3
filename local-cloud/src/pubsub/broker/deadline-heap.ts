/** Something with a deadline. The heap keeps its position in it, so that it can be taken out without a search. */
export interface Timed {
  dueAt: number;
  heapIndex: number;
}

export const notInHeap = -1;

/** A binary heap, earliest deadline first; adding and removing any item take O(log n). */
export class DeadlineHeap<Item extends Timed> {
  readonly #items: Item[] = [];

  get earliest(): Item | undefined {
    return this.#items[0];
  }

  add(item: Item, dueAt: number): void {
    item.dueAt = dueAt;
    this.#siftUp(item, this.#items.length);
  }

  remove(item: Item): void {
    const index = item.heapIndex;
    if (index === notInHeap) return;
    item.heapIndex = notInHeap;
    const last = this.#items.pop();
    if (last === undefined || last === item) return;
    this.#siftUp(last, index);
    this.#siftDown(last, last.heapIndex);
  }

  #siftUp(item: Item, start: number): void {
    let index = start;
    while (index > 0) {
      const parent = this.#items[(index - 1) >> 1];
      if (parent === undefined || parent.dueAt <= item.dueAt) break;
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(item, index);
  }

  #siftDown(item: Item, start: number): void {
    let index = start;
    for (;;) {
      const left = this.#items[2 * index + 1];
      const right = this.#items[2 * index + 2];
      const child = right !== undefined && left !== undefined && right.dueAt < left.dueAt ? right : left;
      if (child === undefined || child.dueAt >= item.dueAt) break;
      const childIndex = child.heapIndex;
      this.#place(child, index);
      index = childIndex;
    }
    this.#place(item, index);
  }

  #place(item: Item, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }
}
