import { createHash } from 'node:crypto';
import { neverSeen } from '../../data-set/declaration.ts';
import { loadOnnx, OnnxError, type OnnxInput, type OnnxModel, type OnnxOutput, runOnnx } from './host.ts';

/** A model that was made elsewhere, as a member of one of ours: its file, and what goes in and comes out. */
export interface OnnxMember {
  readonly graph: Uint8Array;
  readonly inputs: readonly OnnxInputOf[];
  readonly output: OnnxAnswer;
}

/** The columns that one input takes, and the categories of each that is one. */
export interface OnnxInputOf {
  readonly name: string;
  readonly type: OnnxInput['type'];
  readonly columns: readonly number[];
  /** For an input of texts: what each column's numbers stand for; an empty list for a column of plain numbers. */
  readonly texts: readonly (readonly string[])[];
}

export type AnswerForm = 'probabilities' | 'scores' | 'labels';

export interface OnnxAnswer {
  readonly name: string;
  /** Scores become probabilities by softmax, or, where there is but one, by the logistic function. */
  readonly form: AnswerForm;
  /** The class number of each column, or of each label; with one column only, that of the second class is meant. */
  readonly labels: readonly string[];
}

/** Where a model only says a label, this is left for all others together: it never says how sure it is. */
const unsure = 0.02;
/** Nothing is certain: a model that says so would be infinitely wrong once. */
const least = 1e-9;

/** What answers rows with logarithms of probabilities, as our own members do. */
export function compileOnnx(member: OnnxMember, classCount: number): (values: Float64Array) => Float64Array {
  const ask = openOnnx(member);
  return values => {
    if (values.length === 0) return new Float64Array(0);
    const { answer, rows } = ask(values);
    return logProbabilities(answer, member.output, rows, classCount);
  };
}

/** What the model itself says, before anything is made of it. */
export function openOnnx({
  graph,
  inputs,
  output,
}: Omit<OnnxMember, 'output'> & { readonly output: Pick<OnnxAnswer, 'name'> }) {
  const key = createHash('sha256').update(graph).digest('hex');
  const model: OnnxModel = { key, graph, outputs: [output.name] };
  const width = inputs.reduce((sum, { columns }) => sum + columns.length, 0);
  loadOnnx(model);
  return (values: Float64Array) => {
    const rows = values.length / width;
    const given = inputs.map(input => inputFrom(input, values, width, rows));
    return { answer: runOnnx(model, given, rows)[output.name], rows };
  };
}

function inputFrom(
  { name, type, columns, texts }: OnnxInputOf,
  values: Float64Array,
  width: number,
  rows: number,
): OnnxInput {
  const at = (place: number): number => {
    const column = columns[place % columns.length] ?? 0;
    return values[Math.floor(place / columns.length) * width + column] ?? Number.NaN;
  };
  const length = rows * columns.length;
  if (type !== 'string') {
    return {
      name,
      type,
      width: columns.length,
      data: Float64Array.from({ length }, (_, place) => at(place)),
    };
  }
  const textAt = (place: number): string => {
    const value = at(place);
    if (Number.isNaN(value)) return '';
    const known = texts[place % columns.length] ?? [];
    return known.length > 0 ? (known[value] ?? neverSeen) : String(value);
  };
  return { name, type, width: columns.length, data: Array.from({ length }, (_, place) => textAt(place)) };
}

/** Throws where an answer is not one for each row. */
export function logProbabilities(
  answer: OnnxOutput | undefined,
  { name, form, labels }: OnnxAnswer,
  rows: number,
  classCount: number,
): Float64Array {
  const data = answer?.data ?? [];
  const perRow = data.length / rows;
  if (!(perRow === 1 || (form !== 'labels' && perRow === classCount))) {
    throw new OnnxError(`The output ${name} has ${data.length} values for ${rows} rows.`);
  }
  const probabilities = new Float64Array(rows * classCount);
  for (let row = 0; row < rows; row += 1) {
    const own = probabilities.subarray(row * classCount, (row + 1) * classCount);
    if (form === 'labels') sayLabel(labels.indexOf(String(data[row])), own);
    else sayNumbers(data, row * perRow, perRow, form, labels, own);
  }
  return probabilities.map(share => Math.log(Math.max(share, least)));
}

function sayLabel(label: number, own: Float64Array): void {
  if (label < 0) throw new OnnxError('The model answers a label that is none of the classes.');
  own.fill(unsure / (own.length - 1));
  own[label] = 1 - unsure;
}

function sayNumbers(
  data: ArrayLike<number | string>,
  start: number,
  perRow: number,
  form: AnswerForm,
  labels: readonly string[],
  own: Float64Array,
): void {
  const numbers = Array.from({ length: perRow }, (_, place) => Number(data[start + place]));
  if (!numbers.every(Number.isFinite)) throw new OnnxError('The model answers what is no finite number.');
  if (perRow === 1) {
    const [only = 0] = numbers;
    const second = form === 'scores' ? 1 / (1 + Math.exp(-only)) : only;
    own.set([1 - second, second]);
    return;
  }
  const shares = form === 'scores' ? softmax(numbers) : numbers;
  const sum = shares.reduce((total, share) => total + share, 0);
  shares.forEach((share, place) => {
    own[Number(labels[place])] = share / sum;
  });
}

function softmax(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const odds = scores.map(score => Math.exp(score - highest));
  const sum = odds.reduce((total, one) => total + one, 0);
  return odds.map(one => one / sum);
}
