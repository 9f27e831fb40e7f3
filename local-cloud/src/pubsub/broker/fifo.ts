const shrinkAfter = 1024;

/** A queue whose removal does not move what is left, as shifting a long array would. */
export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #head = 0;

  push(item: Item): void {
    this.#items.push(item);
  }

  shift(): Item | undefined {
    if (this.#head === this.#items.length) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    if (this.#head >= shrinkAfter && this.#head * 2 >= this.#items.length) this.#dropConsumed();
    return item;
  }

  get first(): Item | undefined {
    return this.#items[this.#head];
  }

  get isEmpty(): boolean {
    return this.#head === this.#items.length;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item !== undefined) yield item;
    }
  }

  #dropConsumed(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
