import { createHash } from 'node:crypto';
import { PermanentError } from '../base/errors.ts';
import { InvalidModelError } from '../classifier/model-error.ts';
import { backgroundOf, decodeModelFile, encodeModelFile, probeEncoded } from '../classifier/model-file.ts';
import type { DataSet } from '../data-set/declaration.ts';
import { columnsOf } from '../data-set/row.ts';
import { compileModel, type Model } from '../learning/model.ts';
import { OnnxError } from '../learning/onnx/host.ts';
import { type AnswerForm, type OnnxMember, openOnnx } from '../learning/onnx/member.ts';
import { readOnnxModel, UnfitModelError } from '../learning/onnx/read-model.ts';

// A model from elsewhere, as ONNX or as a file of our own format, becomes a file like those of our trainings. Whether it
// may answer, the gate decides as it does of them; here it only shows that it can: it fits the data set, is quick enough,
// wants no more memory than there is, and says the same of the same row, whichever others come with it.

/** Of one row, at its best. */
const mostMsOfRow = 10;
const tries = 20;
const tolerance = 1e-6;

export interface ForeignModel {
  /** The file to be judged. */
  readonly text: string;
  /** The hash of the file that was sent. */
  readonly fingerprint: string;
}

/** Throws a PermanentError that says what is wrong with the file. `rows` are some of the data set, as learners see them. */
export function readForeignModel(dataSet: DataSet, file: Uint8Array, rows: Float64Array): ForeignModel {
  try {
    const fingerprint = createHash('sha256').update(file).digest('hex');
    const model = isJson(file) ? decodeModelFile(dataSet, textOf(file)).model : modelOf(dataSet, file, rows);
    checkAnswers(model, rows);
    const probed = rows.subarray(0, Math.min(8 * model.columns.length, rows.length));
    const text = encodeModelFile(dataSet, {
      created: new Date().toISOString(),
      fingerprint,
      seed: 0,
      backend: 'elsewhere',
      metrics: { trainingRows: 0, holdOutRows: 0, accuracy: 0, logLoss: 0 },
      probes: probeEncoded(model, probed),
      background: backgroundOf(rows, model.columns.length),
      model,
    });
    return { text, fingerprint };
  } catch (error) {
    if (!isOfModel(error)) throw error;
    throw new PermanentError(`The model is not taken: ${error.message}`, { cause: error });
  }
}

function isOfModel(error: unknown): error is Error {
  return [UnfitModelError, OnnxError, InvalidModelError].some(kind => error instanceof kind);
}

/** A file of ours begins with a brace, which no ONNX file does: there it would be a length. */
function isJson(file: Uint8Array): boolean {
  return /^\s*\{\s*"/.test(Buffer.from(file.subarray(0, 50)).toString('latin1'));
}

function textOf(file: Uint8Array): string {
  return new TextDecoder('utf-8').decode(file);
}

function modelOf(dataSet: DataSet, file: Uint8Array, rows: Float64Array): Model {
  const { output, ...read } = readOnnxModel(dataSet, file);
  const { name, labels, ofLabels } = output;
  const form = ofLabels ? 'labels' : formOf({ ...read, output }, rows);
  const columns = columnsOf(dataSet);
  const classCount = dataSet.label.classes.length;
  return {
    columns,
    classCount,
    members: [{ kind: 'onnx', onnx: { ...read, output: { name, form, labels } } }],
    blend: { weights: [1], shifts: new Array<number>(classCount).fill(0), doubt: 0 },
  };
}

/** Shares add up to one for each row; whatever else a model says of classes is taken for raw scores. */
function formOf(
  member: Parameters<typeof openOnnx>[0] & Pick<OnnxMember, 'inputs'>,
  values: Float64Array,
): AnswerForm {
  const { answer, rows } = openOnnx(member)(values);
  const numbers = Array.from(answer?.data ?? [], Number);
  const perRow = numbers.length / rows;
  if (!numbers.every(number => number >= 0 && number <= 1 + tolerance)) return 'scores';
  const sums = Array.from({ length: rows }, (_, row) =>
    numbers.slice(row * perRow, (row + 1) * perRow).reduce((sum, share) => sum + share, 0),
  );
  return perRow === 1 || sums.every(sum => Math.abs(sum - 1) < 1e-3) ? 'probabilities' : 'scores';
}

function checkAnswers(model: Model, rows: Float64Array): void {
  const { probabilities } = compileModel(model);
  const width = model.columns.length;
  const [first, second] = [probabilities(rows), probabilities(rows)];
  if (first.some((share, i) => share !== second[i])) {
    throw new UnfitModelError('It says different things of the same rows.');
  }
  let best = Infinity;
  for (let row = 0; row < Math.min(tries, rows.length / width); row += 1) {
    const startedAt = performance.now();
    const alone = probabilities(rows.subarray(row * width, (row + 1) * width));
    best = Math.min(best, performance.now() - startedAt);
    if (alone.some((share, i) => Math.abs(share - (first[row * model.classCount + i] ?? 0)) > tolerance)) {
      throw new UnfitModelError('What it says of a row depends on the rows that come with it.');
    }
  }
  if (best > mostMsOfRow) {
    throw new UnfitModelError(`It takes ${best.toFixed(0)} ms for a row, and ${mostMsOfRow} are the most.`);
  }
}
