import { z } from 'zod';
import { batchId } from './notes.ts';
import { quickList } from './quick-list.ts';

// What `predict-api` answers for the picture of all that is known.

/** What is known of an item: it came with the data set, or a model answered it and people said so much of that. */
export const mapStates = ['known', 'answered', 'confirmed', 'corrected', 'suspicious', 'set aside'] as const;
export type MapState = (typeof mapStates)[number];

const axis = z.object({
  /** Null where it is no single feature. */
  column: z.string().nullable(),
  name: z.string(),
  low: z.number(),
  high: z.number(),
  /** What lies at 0, 1, 2 and so on. */
  categories: z.array(z.string()).readonly().optional(),
  /** Where items lie whose value is missing. */
  missing_at: z.number().optional(),
});

const numbers = quickList(z.array(z.number())).readonly();

const regions = z.object({
  model_file_name: z.string(),
  columns: z.number(),
  rows: z.number(),
  /** The number of the class for each field, row after row from the low end of y. */
  classes: numbers,
  /** How sure the model is of it, in hundredths. */
  sure: numbers,
});
export type MapRegionsAnswer = z.infer<typeof regions>;

export const mapAnswer = z.object({
  x: axis,
  y: axis,
  /** Each list has one entry for each item: first those of the data set's own, then those with a name. */
  items: z.object({
    x: numbers,
    y: numbers,
    /** The number of the class that it is, where that is known, and else of the one that it was called. */
    classes: numbers,
    /** The place of its state among `states`. */
    states: numbers,
  }),
  states: z.array(z.enum(mapStates)).readonly(),
  /** Which items those are that models have answered: the last ones of `items`. */
  named: z.array(z.object({ batch_id: batchId, subject: z.string() })),
  /** What the model says that answers now, and what the one says that it is held against. */
  live: regions,
  before: regions.nullable(),
});
export type MapAnswer = z.infer<typeof mapAnswer>;
