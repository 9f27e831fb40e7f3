import { measure } from './metrics.ts';
import { type Model, scoreRows } from './model.ts';
import { seededRandom, shuffle } from './random.ts';
import type { LabelledTable } from './table.ts';

/** What a column is worth to a model: how much worse it answers when the column's values are dealt anew among the rows. */
export interface Importance {
  readonly column: number;
  readonly accuracy: number;
  readonly logLoss: number;
}

/** Of rows that the model has not learned from; each column is dealt anew a few times, and the mean counts. */
export function measureImportance(
  model: Model,
  table: LabelledTable,
  seed: number,
  rounds = 5,
): Importance[] {
  const judge = (values: Float64Array) => measure({ ...table, scores: scoreRows(model, values) });
  const whole = judge(table.values);
  const random = seededRandom(seed);
  return table.columns.map((_, column) => {
    const worth = { column, accuracy: 0, logLoss: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const order = shuffle(
        Uint32Array.from({ length: table.count }, (_, row) => row),
        random,
      );
      const { accuracy, logLoss } = judge(dealColumn(table, column, order));
      worth.accuracy += (whole.accuracy - accuracy) / rounds;
      worth.logLoss += (logLoss - whole.logLoss) / rounds;
    }
    return worth;
  });
}

function dealColumn({ columns, values }: LabelledTable, column: number, order: Uint32Array): Float64Array {
  const dealt = values.slice();
  const width = columns.length;
  order.forEach((from, row) => {
    dealt[row * width + column] = values[from * width + column] ?? Number.NaN;
  });
  return dealt;
}
