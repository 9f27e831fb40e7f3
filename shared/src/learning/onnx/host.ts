import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { builtBeside } from '../../base/built-beside.ts';

// Models of others run in a thread that is waited for, and for so long only: an answer is arithmetic, as with our own
// models, and whoever asks for one need not know the difference. What does not answer in time is ended with its thread.

export interface OnnxInput {
  readonly name: string;
  readonly type: 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';
  /** Values of each row, row after row. */
  readonly data: Float64Array | readonly string[];
  readonly width: number;
}

export interface OnnxOutput {
  readonly data: Float64Array | readonly string[];
  readonly dims: readonly number[];
}

export interface OnnxModel {
  /** Models of one key are the same. */
  readonly key: string;
  readonly graph: Uint8Array;
  readonly outputs: readonly string[];
}

/** The model does not answer, or not in time, or wants more memory than there is for it. */
export class OnnxError extends Error {
  override readonly name = 'OnnxError';
}

/** To start the runtime takes a second on a slow machine, and to load a large model another. */
const loadMs = 20_000;
const runMs = 2_000;
/** Beyond the first, for each row. */
const rowMs = 2;
/** Of 64 KiB each, 160 MiB together: an instance of the least memory survives the greediest model. */
const mostPages = 2_560;

/** Few are in use at a time: the one that answers, and one that is judged. For another, a new thread begins with none. */
const mostKnown = 4;

let host: Host | undefined;

/** Loads a model, so that its first answer is not the slow one. */
export function loadOnnx(model: OnnxModel): void {
  ask(model, [], 0);
}

/** What a model says of some rows. */
export function runOnnx(
  model: OnnxModel,
  inputs: readonly OnnxInput[],
  rows: number,
): Readonly<Record<string, OnnxOutput>> {
  ask(model, [], 0);
  return ask(model, inputs, rows);
}

function ask(model: OnnxModel, inputs: readonly OnnxInput[], rows: number) {
  if (host && host.known.size >= mostKnown && !host.known.has(model.key)) end();
  host ??= startHost();
  const isNew = !host.known.has(model.key);
  if (rows === 0 && !isNew) return {};
  const { key, graph, outputs } = model;
  const limit = isNew ? loadMs : runMs + rowMs * rows;
  host.worker.postMessage({ key, ...(isNew && { graph }), inputs, rows, outputs });
  if (Atomics.wait(host.signal, 0, 0, limit) === 'timed-out') {
    end();
    throw new OnnxError(`The model has not answered within ${limit / 1000} s.`);
  }
  Atomics.store(host.signal, 0, 0);
  const answer: { readonly outputs?: Record<string, OnnxOutput>; readonly error?: string } | undefined =
    receiveMessageOnPort(host.port)?.message;
  if (!answer?.outputs) throw new OnnxError(`The model does not work: ${answer?.error ?? 'no answer'}`);
  if (isNew) host.known.add(key);
  return answer.outputs;
}

interface Host {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly signal: Int32Array;
  readonly known: Set<string>;
}

function startHost(): Host {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const [script, files] = placeOfWorker();
  const worker = new Worker(script, {
    workerData: { signal, port: port2, mostPages, files: `${pathToFileURL(files)}/` },
    transferList: [port2],
    resourceLimits: { maxOldGenerationSizeMb: 192 },
    execArgv: ['--no-warnings'],
  });
  worker.unref();
  // Nothing waits for it any more when it fails: the next model gets a new one.
  worker.on('error', () => {
    if (host?.worker === worker) host = undefined;
  });
  return { worker, port: port1, signal, known: new Set() };
}

function end(): void {
  void host?.worker.terminate();
  host?.port.close();
  host = undefined;
}

/** Beside the bundle, with all that it needs; from the sources, the runtime is in its package. */
function placeOfWorker(): readonly [string, string] {
  const source = join(import.meta.dirname, '../../clients/onnx-worker.ts');
  const script = builtBeside('onnx-worker', source);
  if (script !== source) return [script, dirname(script)];
  const require = createRequire(join(import.meta.dirname, 'host.ts'));
  return [script, dirname(require.resolve('onnxruntime-web'))];
}
