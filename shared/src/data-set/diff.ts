import type { CategoryFeature, DataSet, Feature, NumberFeature } from './declaration.ts';

// What a changed declaration means for rows that are stored and models that were trained. It only tells: what is done
// about it is the database's business.

/**
 * What becomes of models of the declaration before: they stay, since a row is encoded and an answer read as it was; they
 * answer until there is one that knows the change; or they cannot answer any more.
 */
export type Fate = 'stay' | 'until the next' | 'refused';

interface AnyChange {
  readonly message: string;
  /** Whether stored values or rows go for good. */
  readonly losesData: boolean;
  readonly models: Fate;
  /** What the new declaration must say first. */
  readonly lacks?: string;
}

export type Change = AnyChange &
  (
    | { readonly kind: 'name changed' }
    | { readonly kind: 'feature added' | 'feature removed'; readonly feature: Feature }
    | {
        readonly kind: 'feature renamed' | 'kind changed' | 'values wider' | 'values narrower';
        readonly before: Feature;
        readonly after: Feature;
      }
    | { readonly kind: 'features reordered' }
    | { readonly kind: 'class added' | 'class removed'; readonly name: string }
    | { readonly kind: 'class renamed'; readonly before: string; readonly after: string }
    | { readonly kind: 'classes reordered' }
  );

const forNewModels = { losesData: false, models: 'until the next' } as const;

export function diffDataSets(before: DataSet, after: DataSet): Change[] {
  if (before.name !== after.name) {
    const message = `${before.name} is now called ${after.name}: that is another data set, with tables of its own.`;
    return [
      { kind: 'name changed', message, losesData: false, models: 'refused', lacks: `name: ${before.name}` },
    ];
  }
  return [...featureChanges(before, after), ...classChanges(before, after)];
}

function* featureChanges(before: DataSet, after: DataSet): Generator<Change> {
  const old = new Map(before.features.map(feature => [feature.name, feature]));
  const pairs = after.features.map(feature => ({ feature, ancestor: ancestorOf(feature, old) }));
  const kept = new Set(pairs.map(({ ancestor }) => ancestor));
  for (const { feature, ancestor } of pairs) {
    if (!ancestor) yield addedFeature(feature);
    else yield* changesOf(ancestor, feature);
  }
  for (const feature of before.features) {
    if (kept.has(feature)) continue;
    const message = `${feature.name} is gone: its stored values are dropped, and older models cannot answer without it.`;
    yield { kind: 'feature removed', feature, message, losesData: true, models: 'refused' };
  }
  const order = pairs.flatMap(({ ancestor }) => (ancestor ? [before.features.indexOf(ancestor)] : []));
  if (!isAscending(order)) {
    const message = 'The features stand in another order: rows that travel as lists must follow it.';
    yield { kind: 'features reordered', message, ...forNewModels };
  }
}

function ancestorOf(feature: Feature, old: ReadonlyMap<string, Feature>): Feature | undefined {
  return old.get(feature.name) ?? (feature.was === undefined ? undefined : old.get(feature.was));
}

function addedFeature(feature: Feature): Change {
  const common = { kind: 'feature added', feature, ...forNewModels } as const;
  if (feature.fill !== undefined)
    return { ...common, message: `${feature.name} is new: stored rows get ${feature.fill}.` };
  if (feature.missing) return { ...common, message: `${feature.name} is new: in stored rows it is missing.` };
  const message = `${feature.name} is new, and nothing says what stored rows get.`;
  return { ...common, message, lacks: `missing: true or fill: VALUE for ${feature.name}` };
}

function* changesOf(before: Feature, after: Feature): Generator<Change> {
  const both = { before, after };
  const { name } = after;
  if (before.name !== after.name) {
    const message = `${before.name} is now called ${name}; its stored values stay.`;
    yield {
      kind: 'feature renamed',
      ...both,
      message,
      losesData: false,
      models: before.column === after.column ? 'stay' : 'until the next',
    };
  } else if (before.column !== after.column) {
    const message = `The column of ${name} is now ${after.column} instead of ${before.column}; its stored values stay.`;
    yield { kind: 'feature renamed', ...both, message, ...forNewModels };
  }
  if (before.kind !== after.kind) {
    const message = `${name} is now of kind ${after.kind} instead of ${before.kind}: its stored values are dropped.`;
    const lacks =
      after.missing || after.fill !== undefined ? {} : { lacks: `missing: true or fill: VALUE for ${name}` };
    yield { kind: 'kind changed', ...both, message, losesData: true, models: 'refused', ...lacks };
    return;
  }
  const { wider, narrower } = valueChanges(before, after);
  const models = hasSameCategories(before, after) ? 'stay' : 'until the next';
  if (wider.length > 0) {
    const message = `${name}: ${wider.join('; ')}.`;
    yield { kind: 'values wider', ...both, message, losesData: false, models };
  }
  if (narrower.length > 0) {
    const message = `${name}: ${narrower.join('; ')}. Stored rows that no longer fit are dropped.`;
    yield { kind: 'values narrower', ...both, message, losesData: true, models };
  }
}

/** A category's place is its code. */
function hasSameCategories(before: Feature, after: Feature): boolean {
  if (before.kind !== 'category' || after.kind !== 'category') return true;
  return JSON.stringify(before.categories) === JSON.stringify(after.categories);
}

interface ValueChanges {
  readonly wider: string[];
  readonly narrower: string[];
}

function valueChanges(before: Feature, after: Feature): ValueChanges {
  const changes: ValueChanges = { wider: [], narrower: [] };
  if (!before.missing && after.missing) changes.wider.push('may now be missing');
  if (before.missing && !after.missing) {
    if (after.fill === undefined) changes.narrower.push('may no longer be missing');
    else changes.wider.push(`may no longer be missing: stored rows without it get ${after.fill}`);
  }
  if (before.kind === 'number' && after.kind === 'number') compareNumbers(before, after, changes);
  if (before.kind === 'category' && after.kind === 'category') compareCategories(before, after, changes);
  return changes;
}

function compareNumbers(
  before: NumberFeature,
  after: NumberFeature,
  { wider, narrower }: ValueChanges,
): void {
  if (before.integer !== after.integer)
    (after.integer ? narrower : wider).push(after.integer ? 'only whole numbers' : 'not only whole numbers');
  const [from, to] = [limits(before), limits(after)];
  if (from.min === to.min && from.max === to.max && before.strict === after.strict) return;
  // A range that is not strict refuses nothing, and so it loses nothing.
  const refusesMore = after.strict && (!before.strict || to.min > from.min || to.max < from.max);
  const strictly = after.strict ? ', strictly' : '';
  (refusesMore ? narrower : wider).push(`from ${to.min} to ${to.max}${strictly}`);
}

function limits({ min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY }: NumberFeature) {
  return { min, max };
}

function compareCategories(
  before: CategoryFeature,
  after: CategoryFeature,
  { wider, narrower }: ValueChanges,
): void {
  const added = after.categories.filter(category => !before.categories.includes(category));
  const removed = before.categories.filter(category => !after.categories.includes(category));
  if (added.length > 0) wider.push(`also ${added.join(', ')}`);
  if (removed.length > 0)
    (after.unknown === 'accept' ? wider : narrower).push(
      `${removed.join(', ')} no longer among its categories`,
    );
  if (before.unknown === 'accept' && after.unknown === 'refuse')
    narrower.push('no category that is not listed');
  if (before.unknown === 'refuse' && after.unknown === 'accept')
    wider.push('categories that are not listed, too');
  const kept = after.categories.filter(category => before.categories.includes(category));
  if (!isAscending(kept.map(category => before.categories.indexOf(category))))
    wider.push('its categories reordered');
}

function* classChanges(before: DataSet, after: DataSet): Generator<Change> {
  const old = before.label.classes.map(({ name }) => name);
  const pairs = after.label.classes.map(({ name, was }) => ({
    name,
    ancestor: old.includes(name) ? name : was !== undefined && old.includes(was) ? was : undefined,
  }));
  for (const { name, ancestor } of pairs) {
    if (ancestor === undefined) {
      const message = `${name} is a new class: the next training needs rows of it.`;
      yield { kind: 'class added', name, message, ...forNewModels };
    } else if (ancestor !== name) {
      const message = `${ancestor} is now called ${name}; stored rows and predictions follow.`;
      yield { kind: 'class renamed', before: ancestor, after: name, message, ...forNewModels };
    }
  }
  for (const name of old.filter(one => !pairs.some(({ ancestor }) => ancestor === one))) {
    const message = `The class ${name} is gone: its stored rows are dropped, and older models, which may say it, cannot answer.`;
    yield { kind: 'class removed', name, message, losesData: true, models: 'refused' };
  }
  const order = pairs.flatMap(({ ancestor }) => (ancestor === undefined ? [] : [old.indexOf(ancestor)]));
  if (!isAscending(order) || pairs.slice(0, order.length).some(({ ancestor }) => ancestor === undefined)) {
    const message = 'The classes are numbered anew; stored numbers follow.';
    yield { kind: 'classes reordered', message, ...forNewModels };
  }
}

function isAscending(places: readonly number[]): boolean {
  return places.every((place, i) => i === 0 || place > (places[i - 1] ?? -1));
}
