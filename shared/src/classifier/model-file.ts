import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { compileModel } from './forward.ts';
import { type ModelContent, type ModelFacts, modelFacts, modelFile } from './model-schema.ts';
import { hasSoundWeights, type Layer, type Network } from './network.ts';

export type ModelProblem =
  | 'too-large'
  | 'not-json'
  | 'schema'
  | 'checksum'
  | 'shape'
  | 'weights'
  | 'self-test';

/** The file is not a model that may answer. Reading it again cannot help: keep the model that serves now. */
export class InvalidModelError extends Error {
  override readonly name = 'InvalidModelError';
  readonly problem: ModelProblem;

  constructor(problem: ModelProblem, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.problem = problem;
  }
}

/** A network that can answer, and what is known of it. */
export interface Model extends Network, ModelFacts {}

/** A model of this project's takes 2 kB; the schema admits none that comes near the limit. */
const mostCharacters = 1_000_000;

/** Far above the rounding in which two machines may differ, and far below any difference that matters. */
const probeTolerance = 1e-9;

/** Writes the model as one JSON object. What could not be read back is never written: it throws instead. */
export function encodeModel(model: Model): string {
  const { scaling, layers, ...facts } = model;
  const content: ModelContent = {
    format: 'banknote-loop/model',
    version: 1,
    ...facts,
    topology: {
      inputs: scaling.mean.length,
      layers: layers.map(({ units, activation }) => ({ units, activation })),
    },
    scaling: { mean: [...scaling.mean], deviation: [...scaling.deviation] },
    weights: packWeights(layers),
  };
  const text = JSON.stringify({ ...content, checksum: checksumOf(content) });
  decodeModel(text, scaling.mean.length);
  return text;
}

/** Reads a model and proves it fit to answer rows of so many columns; throws an `InvalidModelError` that says why not. */
export function decodeModel(text: string, columns: number): Model {
  const { checksum, ...content } = parseFile(text);
  if (checksum !== checksumOf(content)) {
    throw new InvalidModelError(
      'checksum',
      'The model file is damaged: its checksum is not that of its content.',
    );
  }
  const facts = modelFacts.strip().parse(content);
  checkInputs(content, columns);
  const model: Model = { ...facts, scaling: content.scaling, layers: unpackWeights(content) };
  checkOutput(model);
  checkWeights(model);
  checkProbes(model);
  return model;
}

/** Scores a few rows, so that whoever loads the model can prove that it still gives the same answers. */
export function probe(network: Network, rows: readonly (readonly number[])[]): ModelFacts['probes'] {
  const scores = compileModel(network).scores(rows);
  return rows.map((features, row) => ({ features: [...features], score: scores[row] ?? Number.NaN }));
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

function parseFile(text: string) {
  if (text.length > mostCharacters) {
    throw new InvalidModelError(
      'too-large',
      `The model file has ${text.length} characters: no model has more than ${mostCharacters}.`,
    );
  }
  const parsed = modelFile.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'the whole file';
  throw new InvalidModelError('schema', `The model file is not valid at ${field}: ${issue?.message}.`, {
    cause: parsed.error,
  });
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

function checkInputs({ topology, scaling, probes }: ModelContent, columns: number): void {
  const rows = [scaling.mean, scaling.deviation, ...probes.map(({ features }) => features)];
  if (topology.inputs === columns && rows.every(({ length }) => length === columns)) return;
  throw new InvalidModelError(
    'shape',
    `The model takes ${topology.inputs} features, but a row has ${columns}: it was made for other data.`,
  );
}

function checkOutput({ layers }: Network): void {
  const output = layers.at(-1);
  if (output?.units === 1 && output.activation === 'sigmoid') return;
  throw new InvalidModelError(
    'shape',
    'The last layer of the model must have one unit and end in a sigmoid.',
  );
}

function checkWeights(network: Network): void {
  if (hasSoundWeights(network)) return;
  throw new InvalidModelError(
    'weights',
    'The model has weights that are not finite, or far too large to be sound.',
  );
}

function checkProbes(model: Model): void {
  const scores = compileModel(model).scores(model.probes.map(({ features }) => features));
  model.probes.forEach(({ score }, index) => {
    const now = scores[index] ?? Number.NaN;
    if (Math.abs(now - score) <= probeTolerance) return;
    throw new InvalidModelError(
      'self-test',
      `The model scores probe ${index} ${now}, but ${score} when it was made.`,
    );
  });
}

const bytesPerNumber = 4;

function packWeights(layers: readonly Layer[]): string {
  const numbers = layers.flatMap(layer => [...layer.weights, ...layer.biases]);
  const bytes = Buffer.alloc(numbers.length * bytesPerNumber);
  numbers.forEach((number, index) => {
    bytes.writeFloatLE(number, index * bytesPerNumber);
  });
  return bytes.toString('base64');
}

/** Cuts the numbers into the layers of the topology, which must use them up exactly. */
function unpackWeights({ topology, weights }: ModelContent): Layer[] {
  const bytes = Buffer.from(weights, 'base64');
  const sizes = topology.layers.map((layer, index) => ({
    ...layer,
    inputs: topology.layers[index - 1]?.units ?? topology.inputs,
  }));
  const needed = sizes.reduce((sum, { inputs, units }) => sum + (inputs + 1) * units * bytesPerNumber, 0);
  if (bytes.length !== needed) {
    throw new InvalidModelError(
      'shape',
      `The weights of the model have ${bytes.length} bytes, but its topology takes ${needed}.`,
    );
  }
  let offset = 0;
  const take = (count: number) =>
    Float32Array.from({ length: count }, () => {
      offset += bytesPerNumber;
      return bytes.readFloatLE(offset - bytesPerNumber);
    });
  return sizes.map(({ inputs, units, activation }) => ({
    units,
    activation,
    weights: take(inputs * units),
    biases: take(units),
  }));
}
