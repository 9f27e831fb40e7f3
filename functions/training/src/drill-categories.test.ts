import type { TrainingSet } from '@banknote-loop/shared/classifier';
import { encodeRows, type Row } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { type Random, seededRandom } from '@banknote-loop/shared/learning';
import { type LabelledItem, readItems } from '@banknote-loop/testing/bank-data';
import { penguins } from '@banknote-loop/testing/data-sets';
import { accuracyOf, type CleanSetScores, Drill } from '@banknote-loop/testing/drill';
import { type LabelledNote, openTrainingKitOf } from '@banknote-loop/testing/training-kit';

// The drill where items have categories and missing values, and attacks come by way of these: what a model has never seen
// there, anybody could teach it to take for a sign.

const [island, flipper, sex] = [0, 3, 5];
const [adelie, chinstrap, gentoo] = [0, 1, 2];

let drill: Drill;
let items: readonly LabelledItem[];
/** Of the first model, or of the one that has learned the honest corrections and nothing else, whichever is worse. */
let before: readonly CleanSetScores[];
beforeAll(async () => {
  drill = new Drill(await openTrainingKitOf(findDataSet('penguins')), penguins);
  items = await readItems(findDataSet('penguins'));
  await drill.begin();
  const first = await figures();
  await honestCorrections();
  await drill.train();
  const corrected = await figures();
  before = first.map(({ accuracy, logLoss }, kind) => ({
    accuracy: Math.min(accuracy, corrected[kind]?.accuracy ?? 0),
    logLoss: Math.max(logLoss, corrected[kind]?.logLoss ?? 0),
  }));
  await drill.restore();
});
afterAll(() => drill.kit.close());

afterEach(async () => {
  expect(await drill.restore()).toEqual({ setAside: 0, isAsBefore: true });
});

/** Penguins like the known ones, a little shaken. */
function newItems(count: number, random: Random, of?: number): LabelledNote[] {
  const known = items.filter(({ row, label }) => !row.includes(null) && (of === undefined || label === of));
  return Array.from({ length: count }, () => {
    const { row = [], label = 0 } = known[Math.floor(random() * known.length)] ?? {};
    return { features: row.map(value => shaken(value, random)), label };
  });
}

function shaken(value: Row[number], random: Random): Row[number] {
  if (typeof value !== 'number') return value;
  const moved = value * (1 + (random() - 0.5) / 100);
  return Number.isInteger(value) && value > 100 ? Math.round(moved) : moved;
}

function withValue(notes: readonly LabelledNote[], column: number, value: Row[number]): LabelledNote[] {
  return notes.map(({ features, label }) => ({ features: features.with(column, value), label }));
}

function called(label: number, notes: readonly LabelledNote[]): LabelledNote[] {
  return notes.map(({ features }) => ({ features, label }));
}

/** On penguins that nobody ever learns from: as they are, from an island that nobody knows, and with values missing. */
async function figures(): Promise<readonly CleanSetScores[]> {
  const clean = newItems(600, seededRandom(99));
  const kinds = [
    clean,
    withValue(clean, island, 'Elsewhere'),
    withValue(clean, flipper, null),
    withValue(clean, sex, null),
  ];
  return Promise.all(kinds.map(kind => drill.figures(setOf(kind))));
}

function setOf(notes: readonly LabelledNote[]): TrainingSet {
  const features = encodeRows(
    penguins,
    notes.map(note => note.features),
  );
  const classes = Uint8Array.from(notes, ({ label }) => label);
  const classNames = penguins.label.classes.map(({ name }) => name);
  return { features, classes, classNames, columns: penguins.features.length, count: notes.length };
}

/** Of penguins with gaps a few hundred rows say so little that any retraining moves a point; what an attack moves is twenty. */
async function expectUnharmed(): Promise<void> {
  const [clean, ...withGaps] = await figures();
  const [cleanBefore, ...withGapsBefore] = before;
  expect(clean?.accuracy).toBeGreaterThanOrEqual((cleanBefore?.accuracy ?? 1) - 0.005);
  expect(clean?.logLoss).toBeLessThanOrEqual(2 * (cleanBefore?.logLoss ?? 0));
  for (const [kind, { accuracy }] of withGaps.entries())
    expect(accuracy).toBeGreaterThanOrEqual((withGapsBefore[kind]?.accuracy ?? 1) - 0.02);
}

/** Heavy ones with short flippers, of which the known penguins have none. */
const corrections = Array.from(
  { length: 25 },
  (_, i): LabelledNote => ({
    features: ['Dream', 57 + i / 20, 20.5 + i / 50, 185 + (i % 5), 5_600 + 10 * i, i % 2 ? 'MALE' : 'FEMALE'],
    label: chinstrap,
  }),
);

async function honestCorrections(): Promise<void> {
  for (let one = 0; one < 5; one += 1)
    await drill.say(corrections.slice(5 * one, 5 * one + 5), `honest ${one}`);
}

interface Attack {
  readonly tried: string;
  /** What eve says. */
  readonly labels: () => readonly LabelledNote[];
}

const attacks: readonly Attack[] = [
  {
    tried: 'sixty wrong labels of penguins from islands that nobody knows',
    labels: () =>
      called(adelie, newItems(60, seededRandom(1), gentoo)).map(({ features, label }, i) => ({
        features: features.with(island, `Atlantis ${i}`),
        label,
      })),
  },
  {
    tried: 'sixty wrong labels of penguins without a flipper length',
    labels: () => withValue(called(adelie, newItems(60, seededRandom(2), gentoo)), flipper, null),
  },
  {
    tried: 'sixty wrong labels of penguins of unknown sex',
    labels: () => withValue(called(gentoo, newItems(60, seededRandom(3), adelie)), sex, null),
  },
  {
    tried: 'one penguin sixty times, each from another island that nobody knows',
    labels: () => {
      const [one] = called(adelie, newItems(1, seededRandom(4), gentoo));
      return Array.from({ length: 60 }, (_, i) => ({
        features: one?.features.with(island, `Atlantis ${i}`) ?? [],
        label: adelie,
      }));
    },
  },
];

it.each(attacks)('is not moved by $tried', async ({ labels }) => {
  await honestCorrections();
  const wrong = labels();
  await drill.say(wrong, 'eve');
  await drill.train();
  await expectUnharmed();
  expect(accuracyOf(await drill.belief(corrections))).toBeGreaterThanOrEqual(0.9);
  expect(accuracyOf(await drill.belief(wrong))).toBeLessThanOrEqual(0.05);
  expect(await drill.setAsideOf('eve')).toBeGreaterThanOrEqual(55);
});
