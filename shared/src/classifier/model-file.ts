import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DataSet } from '../data-set/declaration.ts';
import { encodeRows, type Row } from '../data-set/row.ts';
import { originNames } from '../learning/backend.ts';
import { type Classifier, compileModel, type Model } from '../learning/model.ts';
import { encodeModel, modelData } from '../learning/model-data.ts';
import { spread } from '../learning/shapley.ts';
import { adapt } from './earlier-shape.ts';
import { InvalidModelError } from './model-error.ts';
import { earlierModelFile, upgradeModel } from './model-file-v1.ts';
import { hashShape, type Shape, shape, shapeHashOf, shapeOf } from './shape.ts';

const format = 'banknote-loop/model';
/** The largest forests that a model may hold stay below. */
const mostCharacters = 50_000_000;

const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** What is known of a model beside what answers. */
const modelFacts = z.object({
  created: z.iso.datetime(),
  /** The hash of the rows that it was trained and judged on. */
  fingerprint: z.string().min(1).max(200),
  seed: z.int(),
  backend: z.enum(originNames),
  /** How it did on the hold-out rows. */
  metrics: z.strictObject({
    trainingRows: count,
    holdOutRows: count,
    accuracy: share,
    logLoss: z.number().min(0),
  }),
  /** A few encoded rows, null where a value is missing, with what the model said of them: it must always say the same. */
  probes: z
    .array(
      z.strictObject({
        row: z.array(z.number().nullable()).min(1).max(5_000).readonly(),
        probabilities: z.array(share).min(2).readonly(),
      }),
    )
    .min(1)
    .max(32)
    .readonly(),
  /** Encoded rows of its training, for explanations to start from. Earlier models have none. */
  background: z
    .array(z.array(z.number().nullable()).min(1).max(5_000).readonly())
    .min(1)
    .max(64)
    .readonly()
    .optional(),
  /** Which candidates make the model: the next training begins with it. Earlier models have none. */
  choice: z
    .strictObject({
      members: z.array(z.string().max(100)).min(1).max(8).readonly(),
      rows: count,
      columns: count,
      classCount: count,
      logLoss: z.number(),
    })
    .optional(),
});
export type ModelFacts = z.output<typeof modelFacts>;

/** Everything in the file but the checksum, which is computed over it. */
const modelFile = z.strictObject({
  format: z.literal(format),
  version: z.literal(2),
  ...modelFacts.shape,
  data_set: z.object({
    name: z.string().min(1).max(200),
    /** The hash of the shape, which files had before they had the shape itself. */
    shape: z.string().min(1).max(200),
    ...shape.partial().shape,
  }),
  model: modelData,
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
});

/** A model that can answer, and what is known of it. */
export interface ModelFile extends ModelFacts {
  readonly model: Model;
}

interface ReadFile extends ModelFile {
  readonly data_set: { readonly name: string };
}

/** Far above the rounding in which two machines may differ, and far below any difference that matters. */
const probeTolerance = 1e-9;

/** Writes a model as one JSON object. What could not be read back is never written: it throws instead. */
export function encodeModelFile(dataSet: DataSet, { model, ...facts }: ModelFile): string {
  const content = {
    format,
    version: 2,
    ...facts,
    data_set: { name: dataSet.name, shape: shapeHashOf(dataSet), ...shapeOf(dataSet) },
    model: encodeModel(model),
  };
  const text = JSON.stringify({ ...content, checksum: checksumOf(content) });
  decodeModelFile(dataSet, text);
  return text;
}

/** A model that answers, and what is known of it. */
export interface AnsweringModel extends ModelFacts, Classifier {
  /** Whether it was made for an earlier declaration: then it answers as far as it can, and is no measure for others. */
  readonly isOfEarlier: boolean;
}

/**
 * Reads a model and proves it fit to answer rows of the data set, as it was declared when the model was made or later;
 * throws an `InvalidModelError` that says why it cannot. Files of version 1, which earlier deployments have in their
 * buckets, are read, too.
 */
export function decodeAnsweringModel(dataSet: DataSet, text: string): AnsweringModel {
  const { file, shape, classifier } = readFile(dataSet, text);
  const facts = modelFacts.parse(file);
  if (shape === shapeOf(dataSet)) return { ...facts, ...classifier, isOfEarlier: false };
  const { renew, ...adapted } = adapt(dataSet, shape, classifier);
  return {
    ...facts,
    ...(facts.background && { background: facts.background.map(renew) }),
    probes: facts.probes.map(({ row, probabilities }) => ({ row: renew(row), probabilities })),
    ...adapted,
    isOfEarlier: true,
  };
}

/** Reads a model of this very declaration, and the model itself, to be written again; throws as above. */
export function decodeModelFile(dataSet: DataSet, text: string): ModelFile & Classifier {
  const { file, shape, classifier } = readFile(dataSet, text);
  if (shape !== shapeOf(dataSet)) throw madeForOthers(dataSet);
  // What is left are the facts, which take nothing else along.
  return { ...modelFacts.parse(file), model: file.model, ...classifier };
}

function readFile(dataSet: DataSet, text: string) {
  const content = readJson(text);
  const file = isEarlier(content)
    ? upgradeModel(parse(earlierModelFile, content))
    : parse(modelFile, content);
  const shape = shapeIn(dataSet, file.data_set);
  checkColumns(shape, file);
  const classifier = compileModel(file.model);
  checkProbes(file, classifier);
  return { file, shape, classifier };
}

/** Asks a model about a few rows, so that whoever loads it can prove that it still gives the same answers. */
export function probe(dataSet: DataSet, model: Model, rows: readonly Row[]): ModelFacts['probes'] {
  return probeEncoded(model, encodeRows(dataSet, rows));
}

export function probeEncoded(model: Model, rows: Float64Array): ModelFacts['probes'] {
  const { columns, classCount } = model;
  const answers = compileModel(model).probabilities(rows);
  return Array.from({ length: rows.length / columns.length }, (_, row) => ({
    row: withNulls(rows.subarray(row * columns.length, (row + 1) * columns.length)),
    probabilities: [...answers.subarray(row * classCount, (row + 1) * classCount)],
  }));
}

const backgroundCount = 32;

/** Rows from all over what a model has learned from, as its file keeps them for explanations. */
export function backgroundOf(rows: Float64Array, width: number): NonNullable<ModelFacts['background']> {
  const picked = spread(rows, width, backgroundCount);
  return Array.from({ length: picked.length / width }, (_, row) =>
    withNulls(picked.subarray(row * width, (row + 1) * width)),
  );
}

/** JSON has no NaN. */
function withNulls(row: Float64Array): (number | null)[] {
  return Array.from(row, value => (Number.isNaN(value) ? null : value));
}

/** The same content always has the same checksum, whatever the order in which its keys were written. */
export function checksumOf(content: object): string {
  const text = JSON.stringify(content, (_, part: unknown) => (isPlainObject(part) ? sortKeys(part) : part));
  return createHash('sha256').update(text).digest('hex');
}

function sortKeys(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEarlier(content: object): boolean {
  return 'version' in content && content.version === 1;
}

function readJson(text: string): object {
  if (text.length > mostCharacters) {
    throw new InvalidModelError(
      'too-large',
      `The model file has ${text.length} characters: no model has more than ${mostCharacters}.`,
    );
  }
  const content = parseJson(text);
  if (!isPlainObject(content)) {
    throw new InvalidModelError('schema', 'The model file is not valid at the whole file: it is no object.');
  }
  checkChecksum(content);
  return content;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidModelError('not-json', 'The model file is not JSON: it may have been cut off.', {
      cause,
    });
  }
}

/** Of what is written in the file, before anything is made of it. */
function checkChecksum(file: object): void {
  const { checksum, ...content }: { readonly checksum?: unknown } = file;
  if (checksum === undefined || checksum === checksumOf(content)) return;
  throw new InvalidModelError(
    'checksum',
    'The model file is damaged: its checksum is not that of its content.',
  );
}

function parse<Schema extends z.ZodType>(schema: Schema, content: object): z.output<Schema> {
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'the whole file';
  throw new InvalidModelError('schema', `The model file is not valid at ${field}: ${issue?.message}.`, {
    cause: parsed.error,
  });
}

/** The shape that a model was made for: that of the data set now, where it is the same. */
function shapeIn(
  dataSet: DataSet,
  {
    name,
    shape: hash,
    features,
    classes,
  }: Partial<Shape> & { readonly name: string; readonly shape?: string },
): Shape {
  if (name !== dataSet.name) {
    throw new InvalidModelError(
      'data-set',
      `The model was made for the data set ${name}, and this is ${dataSet.name}.`,
    );
  }
  if (hash === undefined || hash === shapeHashOf(dataSet)) return shapeOf(dataSet);
  if (!features || !classes || hashShape({ features, classes }) !== hash) throw madeForOthers(dataSet);
  return { features, classes };
}

function madeForOthers({ name }: DataSet): InvalidModelError {
  return new InvalidModelError(
    'shape',
    `The model was made for other features or classes of ${name} than its declaration has now: train a new one.`,
  );
}

/** Files of version 1 have no shape, and one may say a shape and be of another all the same. */
function checkColumns({ features, classes }: Shape, { model, probes, background, data_set }: ReadFile): void {
  const fits =
    model.columns.length === features.length &&
    model.classCount === classes.length &&
    features.every(({ kind, categories }, i) => {
      const column = model.columns[i];
      if (kind !== 'category') return column?.kind === 'number';
      return column?.kind === 'category' && column.size === categories?.length;
    }) &&
    probes.every(
      ({ row, probabilities }) => row.length === features.length && probabilities.length === classes.length,
    ) &&
    (background ?? []).every(row => row.length === features.length);
  if (fits) return;
  throw new InvalidModelError(
    'shape',
    `The model takes ${model.columns.length} features and knows ${model.classCount} classes, which are not those of ${data_set.name}.`,
  );
}

function checkProbes({ probes }: ModelFile, classifier: Classifier): void {
  const rows = Float64Array.from(probes.flatMap(({ row }) => row.map(value => value ?? Number.NaN)));
  const now = classifier.probabilities(rows);
  let place = 0;
  probes.forEach((one, index) => {
    for (const before of one.probabilities) {
      const probability = now[place++] ?? Number.NaN;
      if (Math.abs(probability - before) <= probeTolerance) continue;
      throw new InvalidModelError(
        'self-test',
        `The model says ${probability} of probe ${index}, but ${before} when it was made.`,
      );
    }
  });
}
