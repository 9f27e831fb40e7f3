import { type DataSet, z } from '@banknote-loop/shared';
import { classNames, comparisonAnswer, modelPath } from '@banknote-loop/shared/contract';
import { decodeRow } from '@banknote-loop/shared/data-set';
import { route } from '@banknote-loop/shared/http';
import { compareModels } from '@banknote-loop/shared/models';
import type { Context } from './context.ts';
import { type ModelCalled, type ModelContext, requireStored } from './stored-models.ts';

const mostKnown = 5_000;
const mostAnswered = 2_000;
/** Of a table with hundreds of features fewer rows are enough work. */
const mostValues = 1_000_000;
const mostShown = 100;

export function getComparison(modelCalled: ModelCalled) {
  return route({
    method: 'GET',
    path: '/models/{name}/comparison',
    summary:
      'Two models on the same items: how many each gets right, on which they differ, and of what kind those are.',
    params: modelPath,
    query: z.object({ with: z.string() }),
    scope: 'notes:read',
    answer: comparisonAnswer,

    async handle({ params: { name }, query }, context: ModelContext) {
      const { dataSet } = context;
      for (const model of [name, query.with]) await requireStored(model, context);
      const first = await modelCalled(name, context);
      const second = await modelCalled(query.with, context);
      const { items, ...rows } = await itemsToCompare(context);
      const found = compareModels(dataSet, [first, second], rows);
      const names = classNames(dataSet);
      const width = dataSet.features.length;
      const labelled = ({
        number,
        probability,
      }: {
        readonly number: number;
        readonly probability: number;
      }) => ({
        label: names[number] ?? '',
        probability,
      });
      return {
        body: {
          first: name,
          second: query.with,
          rows: rows.truth.length,
          known: found.known,
          differ: found.rows.length,
          sides: { first: found.first, second: found.second },
          segments: found.segments,
          items: found.rows.slice(0, mostShown).map(one => ({
            batch_id: items[one.row]?.batch_id ?? null,
            subject: items[one.row]?.subject ?? null,
            features: decodeRow(dataSet, rows.values.subarray(one.row * width, (one.row + 1) * width)),
            truth: names[rows.truth[one.row] ?? -1] ?? null,
            first: labelled(one.first),
            second: labelled(one.second),
          })),
        },
      };
    },
  });
}

/** Rows of the data set's own, and the latest answers behind them: what is known of each, and its values. */
async function itemsToCompare({ dataSet, db }: { readonly dataSet: DataSet } & Pick<Context, 'db'>) {
  const fitting = Math.floor(mostValues / dataSet.features.length);
  const [known, answered] = await Promise.all([
    db.labels.trusted(Math.min(mostKnown, fitting)),
    db.items.newest(Math.min(mostAnswered, fitting)),
  ]);
  const values = new Float64Array(known.features.length + answered.features.length);
  values.set(known.features);
  values.set(answered.features, known.features.length);
  const ownRows = Array.from<undefined>({ length: known.count });
  return {
    values,
    truth: [...known.classes, ...answered.items.map(({ truth }) => truth)],
    items: [...ownRows, ...answered.items],
  };
}
