import { type DataSet, z } from '@banknote-loop/shared';
import { mapAnswer, mapStates } from '@banknote-loop/shared/contract';
import { HttpError, route } from '@banknote-loop/shared/http';
import {
  type Explainer,
  type Plane,
  planeOfAll,
  planeOfFeatures,
  regionsOf,
} from '@banknote-loop/shared/models';
import type { Context } from './context.ts';
import { type ModelCalled, type ModelContext, requireStored } from './stored-models.ts';

const mostAnswered = 5_000;
/** Of a table with hundreds of features fewer items are enough to read. */
const mostValues = 2_000_000;
/** So many known items say where the models' regions are. */
const mostNeighbours = 4_000;
const mostNeighbourValues = 400_000;

export function getMap(modelCalled: ModelCalled) {
  return route({
    method: 'GET',
    path: '/map',
    summary:
      'All that is known in two dimensions: known items, the latest answers, what people said of them, and what the model says in between, now and before.',
    scope: 'notes:read',
    query: z.object({
      /** Two columns, or nothing: then items are laid out by the directions in which they differ most. */
      x: z.string().optional(),
      y: z.string().optional(),
      /** The model that the live one is held against; without it, the one that answered before. */
      with: z.string().optional(),
      /** So many items of the data set's own at most. */
      known: z.coerce.number().int().min(100).max(50_000).default(40_000),
    }),
    answer: mapAnswer,

    async handle({ query }, context: ModelContext) {
      const { dataSet, models } = context;
      const live = await models.current();
      const { known, named, labels } = await itemsOfMap(query.known, context);
      const plane = planeFor(dataSet, query, known.features);
      const places = [plane.places(known.features), plane.places(named.features)];
      const [x, y] = [0, 1].map(side => places.flatMap(of => rounded(of.filter((_, i) => i % 2 === side))));
      const neighbours = neighboursOf(dataSet, known.features, plane);
      const classCount = dataSet.label.classes.length;
      const regions = async (model: Explainer) => ({
        model_file_name: model.fileName,
        ...(await regionsOf(model, plane, neighbours, classCount)),
      });
      const before = await otherModel(query.with, live.fileName, modelCalled, context);
      return {
        body: {
          x: plane.x,
          y: plane.y,
          items: {
            x: x ?? [],
            y: y ?? [],
            classes: [...known.classes, ...named.items.map(({ answer, truth }) => truth ?? answer)],
            states: [
              ...Array.from(known.classes, () => 0),
              ...named.items.map(({ state }) => mapStates.indexOf(state)),
            ],
          },
          states: mapStates,
          named: labels,
          live: await regions(live),
          before: before ? await regions(before) : null,
        },
      };
    },
  });
}

type Wanted = Readonly<Partial<Record<'x' | 'y', string>>>;

function planeFor(dataSet: DataSet, { x, y }: Wanted, values: Float64Array): Plane {
  if (x === undefined && y === undefined) return planeOfAll(dataSet, values);
  return planeOfFeatures(dataSet, [placeOf(dataSet, 'x', x), placeOf(dataSet, 'y', y)], values);
}

function placeOf({ features }: DataSet, side: 'x' | 'y', column: string | undefined): number {
  const place = features.findIndex(feature => feature.column === column);
  if (place >= 0) return place;
  throw new HttpError(400, `"${column ?? ''}" is no column: name one for x and one for y, or none.`, {
    field: side,
  });
}

/** Known items, and behind them those that models have answered: what people have labelled, and the latest. */
async function itemsOfMap(most: number, { dataSet, db }: Pick<Context, 'dataSet' | 'db'>) {
  const fitting = Math.floor(mostValues / dataSet.features.length);
  const [known, labelled, newest] = await Promise.all([
    db.labels.trusted(Math.min(most, fitting)),
    db.items.labelled(Math.min(mostAnswered, fitting)),
    db.items.newest(Math.min(mostAnswered, fitting)),
  ]);
  const width = dataSet.features.length;
  const seen = new Set(labelled.items.map(nameOf));
  const fresh = [...newest.items.keys()].filter(row => !seen.has(nameOf(newest.items[row])));
  const features = new Float64Array(labelled.features.length + fresh.length * width);
  features.set(labelled.features);
  fresh.forEach((row, i) => {
    features.set(
      newest.features.subarray(row * width, (row + 1) * width),
      labelled.features.length + i * width,
    );
  });
  const items = [...labelled.items, ...fresh.flatMap(row => newest.items[row] ?? [])];
  const labels = items.map(({ batch_id, subject }) => ({ batch_id, subject }));
  return { known, named: { items, features }, labels };
}

function nameOf(item: { readonly batch_id: string; readonly subject: string } | undefined): string {
  return item ? `${item.batch_id} ${item.subject}` : '';
}

/** The first of the known items, which lie in no order that says anything. */
function neighboursOf({ features }: DataSet, values: Float64Array, plane: Plane) {
  const count = Math.min(mostNeighbours, Math.floor(mostNeighbourValues / features.length));
  const some = values.subarray(0, count * features.length);
  return { values: some, places: plane.places(some) };
}

/** The one that was asked for, else the one that answered before, where there is one whose file still fits. */
async function otherModel(
  wanted: string | undefined,
  live: string,
  modelCalled: ModelCalled,
  context: ModelContext,
): Promise<Explainer | undefined> {
  if (wanted !== undefined) {
    await requireStored(wanted, context);
    return modelCalled(wanted, context);
  }
  const before = await context.db.models.before(live);
  if (!before) return undefined;
  return modelCalled(before, context).catch(error => {
    if (error instanceof HttpError) return undefined;
    throw error;
  });
}

/** As many digits as a picture can show. */
function rounded(values: Float64Array): number[] {
  return Array.from(values, value => Number(value.toPrecision(5)));
}
