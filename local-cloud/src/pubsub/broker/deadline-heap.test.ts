import fc from 'fast-check';
import { DeadlineHeap, notInHeap, type Timed } from './deadline-heap.ts';

interface Item extends Timed {
  readonly id: number;
}

it('always knows the earliest deadline, whatever was added and removed before', () => {
  const operation = fc.record({ isAddition: fc.boolean(), dueAt: fc.nat(50), pick: fc.nat() });
  fc.assert(
    fc.property(fc.array(operation), operations => {
      const heap = new DeadlineHeap<Item>();
      let model: Item[] = [];
      for (const [id, { isAddition, dueAt, pick }] of operations.entries()) {
        const victim = model[pick % Math.max(model.length, 1)];
        if (isAddition || victim === undefined) {
          const item = { id, dueAt: 0, heapIndex: notInHeap };
          heap.add(item, dueAt);
          model.push(item);
        } else {
          heap.remove(victim);
          model = model.filter(item => item !== victim);
        }
        const earliest = model.length === 0 ? undefined : Math.min(...model.map(item => item.dueAt));
        expect(heap.earliest?.dueAt).toBe(earliest);
      }
    }),
  );
});

it('takes no notice of removing what it does not hold', () => {
  const heap = new DeadlineHeap<Item>();
  const item = { id: 1, dueAt: 0, heapIndex: notInHeap };
  heap.add(item, 5);
  heap.remove(item);
  heap.remove(item);
  expect(heap.earliest).toBeUndefined();
});
