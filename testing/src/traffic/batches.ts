import { uuidFromName } from '@banknote-loop/shared/base';
import { classNames, type RequestMessage } from '@banknote-loop/shared/contract';
import type { DataSet, Feature, Value } from '@banknote-loop/shared/data-set';
import { type FoundDataSet, findDataSet } from '@banknote-loop/shared/data-set/files';
import { gaussian, type Random } from '@banknote-loop/shared/learning';
import { type LabelledItem, readItems } from '../bank-data.ts';

/** Makes batches of items that look like those of a data set's own file. */
export interface BatchMaker {
  readonly dataSet: DataSet;
  /** The same words and draws make the same batch. */
  makeBatch(id: string, size: number, random: Random): RequestMessage;
}

/** The traffic of a data set; of banknotes, if nothing else is said. */
export async function readTraffic(found: FoundDataSet = findDataSet('banknotes')): Promise<BatchMaker> {
  const { dataSet } = found;
  const items = await readItems(found);
  return {
    dataSet,
    makeBatch(id, size, random) {
      const drawn = Array.from({ length: size }, () => draw(items, random));
      return {
        batch_id: uuidFromName(id),
        // What the item really is stands in its name, so that a test can rate like somebody who knows.
        subjects: drawn.map(({ label }, i) => `${dataSet.item} ${i}, ${classNames(dataSet)[label]}`),
        features: drawn.map(({ row }) =>
          dataSet.features.map((feature, i) => shaken(feature, row[i] ?? null, random)),
        ),
      };
    },
  };
}

function draw(items: readonly LabelledItem[], random: Random): LabelledItem {
  const item = items[Math.floor(random() * items.length)];
  if (!item) throw new RangeError('There is nothing to draw from.');
  return item;
}

/** A little away from where it was, and never so far that it would be refused. */
function shaken(feature: Feature, value: Value, random: Random): Value {
  if (feature.kind !== 'number' || typeof value !== 'number' || feature.integer) return value;
  const { min = value - 1, max = value + 1, strict } = feature;
  const away = value + 0.0015 * (max - min) * gaussian(random);
  return strict ? Math.min(max, Math.max(min, away)) : away;
}
