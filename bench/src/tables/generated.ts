import {
  type Column,
  gaussian,
  type LabelledTable,
  type Random,
  seededRandom,
} from '@banknote-loop/shared/learning';

export interface NamedTable extends LabelledTable {
  readonly name: string;
}

interface Recipe {
  readonly name: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  readonly classCount?: number;
  /** The values of one row and its class. */
  readonly draw: (random: Random) => readonly [readonly number[], number];
}

const number: Column = { kind: 'number' };
const category = (size: number): Column => ({ kind: 'category', size });
const numbers = (count: number): Column[] => Array.from({ length: count }, () => number);
const gaussians = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => gaussian(random));
const pick = (random: Random, count: number): number => Math.floor(random() * count);
const chance = (random: Random, logit: number): number => (random() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
const at = (values: readonly number[], index: number): number => values[index] ?? 0;
/** A fixed effect of the n-th value of a category, between -1 and 1. */
const effect = (index: number, salt: number): number =>
  seededRandom(index * 7919 + salt * 104_729 + 1)() * 2 - 1;

const recipes: readonly Recipe[] = [
  {
    name: 'checkerboard',
    rows: 4_000,
    columns: numbers(3),
    draw(random) {
      const values = [random() * 4, random() * 4, random() * 4];
      return [values, (Math.floor(at(values, 0)) + Math.floor(at(values, 1))) % 2];
    },
  },
  {
    name: 'heavy tails',
    rows: 3_000,
    columns: numbers(6),
    draw(random) {
      const values = gaussians(random, 6).map((value, i) =>
        i % 2 ? Math.sinh(value * 3) : Math.exp(value * 3),
      );
      const [a, b, c] = [Math.log(at(values, 0)), Math.asinh(at(values, 1)), Math.log(at(values, 2))];
      return [values, chance(random, 3 * (a + b + (c > 2 ? -3 : 1)))];
    },
  },
  {
    name: 'interactions',
    rows: 4_000,
    columns: numbers(10),
    draw(random) {
      const x = gaussians(random, 10);
      return [x, chance(random, 4 * at(x, 0) * at(x, 1) + 3 * at(x, 2) * (at(x, 3) > 0 ? 1 : -1))];
    },
  },
  {
    name: 'noise features',
    rows: 1_500,
    columns: numbers(60),
    draw(random) {
      const x = gaussians(random, 60);
      return [x, chance(random, 3 * at(x, 0) - 2 * at(x, 1) + 2 * Math.abs(at(x, 2)) - 1.5 + at(x, 3))];
    },
  },
  {
    name: 'missing not at random',
    rows: 3_000,
    columns: numbers(8),
    draw(random) {
      const x = gaussians(random, 8);
      const label = chance(random, 2 * at(x, 0) + 2 * at(x, 1) * at(x, 2) - at(x, 3));
      const seen = x.map((value, i) => (random() < (i < 4 && value > 0.5 ? 0.6 : 0.1) ? Number.NaN : value));
      return [seen, label];
    },
  },
  {
    name: 'many categories',
    rows: 4_000,
    columns: [category(200), category(40), category(5), ...numbers(3)],
    draw(random) {
      const kinds = [Math.floor(random() ** 2 * 200), pick(random, 40), pick(random, 5)];
      const x = gaussians(random, 3);
      const sum = kinds.reduce((total, kind, i) => total + 3 * effect(kind, i), 0);
      return [[...kinds, ...x], chance(random, sum + at(x, 0))];
    },
  },
  {
    name: 'label noise of 10 %',
    rows: 3_000,
    columns: numbers(6),
    draw(random) {
      const x = gaussians(random, 6);
      const label = at(x, 0) + Math.sin(2 * at(x, 1)) + at(x, 2) * at(x, 3) > 0 ? 1 : 0;
      return [x, random() < 0.1 ? 1 - label : label];
    },
  },
  {
    name: 'imbalance of 1:100',
    rows: 8_000,
    columns: numbers(8),
    draw(random) {
      const label = random() < 0.01 ? 1 : 0;
      const x = gaussians(random, 8);
      return [x.map((value, i) => (label && i < 3 ? value * 0.7 + 2 : value)), label];
    },
  },
  {
    name: 'three spirals',
    rows: 1_500,
    columns: numbers(2),
    classCount: 3,
    draw(random) {
      const label = pick(random, 3);
      const radius = 0.2 + random() * 2;
      const angle = radius * 2.5 + (label * 2 * Math.PI) / 3 + gaussian(random) * 0.2;
      return [[radius * Math.cos(angle), radius * Math.sin(angle)], label];
    },
  },
  {
    name: 'few rows, many features',
    rows: 150,
    columns: numbers(40),
    draw(random) {
      const x = gaussians(random, 40);
      return [x, chance(random, 2 * (at(x, 0) + at(x, 1) + at(x, 2) - at(x, 3)))];
    },
  },
  {
    name: 'yes and no, six classes',
    rows: 2_000,
    columns: [...Array.from({ length: 10 }, () => category(2)), category(8), number],
    classCount: 6,
    draw(random) {
      const answers = Array.from({ length: 10 }, () => pick(random, 2));
      const kind = pick(random, 8);
      const x = gaussian(random);
      const sum = at(answers, 0) * 2 + (at(answers, 1) ^ at(answers, 2)) * 2 + (kind % 3) + (x > 0 ? 1 : 0);
      return [[...answers, kind, x], random() < 0.1 ? pick(random, 6) : Math.min(5, sum)];
    },
  },
  {
    name: 'overlapping clouds',
    rows: 2_500,
    columns: numbers(12),
    classCount: 4,
    draw(random) {
      const label = pick(random, 4);
      const shared = gaussian(random);
      return [
        gaussians(random, 12).map((value, i) => value + shared + 1.2 * effect(label * 12 + i, 9)),
        label,
      ];
    },
  },
  {
    name: 'prices in steps',
    rows: 5_000,
    columns: [...numbers(5), category(12)],
    draw(random) {
      const amount = Math.exp(gaussian(random) * 1.5 + 4);
      const age = 18 + pick(random, 60);
      const visits = Math.floor(-Math.log(1 - random()) * 4);
      const month = pick(random, 12);
      const rate = Math.round(random() * 20) / 4;
      const limit = age < 30 ? 40 : age < 55 ? 120 : 60;
      const logit = (amount > limit ? 2 : -1.5) + (visits > 6 ? 1.5 : 0) + (month > 9 ? 1 : 0) - rate / 5;
      return [[amount, age, visits, rate, gaussian(random), month], chance(random, logit)];
    },
  },
];

export function generatedTables(): NamedTable[] {
  return recipes.map((recipe, index) => generate(recipe, seededRandom(index + 1)));
}

function generate({ name, rows, columns, classCount = 2, draw }: Recipe, random: Random): NamedTable {
  const values = new Float64Array(rows * columns.length);
  const classes = new Uint8Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const [drawn, label] = draw(random);
    values.set(drawn, row * columns.length);
    classes[row] = label;
  }
  return { name, columns, values, classes, classCount, count: rows };
}
