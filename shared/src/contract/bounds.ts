import type { JsonBounds } from '../base/json-bounds.ts';
import { perDataSet } from '../data-set/per-data-set.ts';

/** So many notes are taken over HTTP at a time. */
export const mostNotes = 10_000;

/** What a message or a body may hold. Over HTTP a batch is never near it; a program that publishes by itself may send more. */
export const messageBounds = perDataSet(({ features, label }): JsonBounds => {
  // Of each note: the row and its values, the name, the answer, and what goes with it.
  const valuesOfNote = features.length + label.classes.length + 8;
  return {
    depth: 64,
    values: Math.max(500_000, mostNotes * valuesOfNote),
    names: 20_000,
  };
});
