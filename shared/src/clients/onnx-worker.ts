import { parentPort, workerData } from 'node:worker_threads';
import { env, InferenceSession, Tensor } from 'onnxruntime-web';

// Runs ONNX models in a thread of its own: whoever waits for it can stop waiting, and end it. Memory is limited here,
// where the runtime asks for it: to ask for more is an error of the model's.

const { signal, port, mostPages, files } = workerData;

const assembly = Reflect.get(globalThis, 'WebAssembly');
assembly.Memory = new Proxy(assembly.Memory, {
  construct: (Memory, [wanted]) =>
    new Memory({ ...wanted, maximum: Math.min(wanted.maximum ?? mostPages, mostPages) }),
});

env.wasm.numThreads = 1;
env.wasm.proxy = false;
env.wasm.wasmPaths = files;
env.logLevel = 'fatal';

interface Input {
  readonly name: string;
  readonly type: 'float32' | 'float64' | 'int64' | 'int32' | 'bool' | 'string';
  readonly width: number;
  readonly data: Float64Array | readonly string[];
}

interface Job {
  readonly key: string;
  /** The model; left out when it has been loaded under its key before. */
  readonly graph?: Uint8Array;
  readonly inputs: readonly Input[];
  readonly rows: number;
  readonly outputs: readonly string[];
}

const sessions = new Map<string, InferenceSession>();

parentPort?.on('message', async (job: Job) => {
  port.postMessage(await answer(job));
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

async function answer(job: Job) {
  try {
    const session = sessions.get(job.key) ?? (await open(job));
    if (job.rows === 0) return { outputs: {} };
    const feeds = Object.fromEntries(job.inputs.map(input => [input.name, tensorOf(input, job.rows)]));
    const found = await session.run(feeds, [...job.outputs]);
    const outputs = Object.fromEntries(
      job.outputs.map(name => [
        name,
        { data: plain(found[name]?.data), dims: [...(found[name]?.dims ?? [])] },
      ]),
    );
    for (const tensor of [...Object.values(feeds), ...Object.values(found)]) tensor.dispose();
    return { outputs };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function open({ key, graph }: Job): Promise<InferenceSession> {
  if (!graph) throw new Error('The model has not been loaded.');
  const session = await InferenceSession.create(graph, {
    executionProviders: ['wasm'],
    // Nothing is worked out before it is asked for, and one model's memory is not kept for another.
    graphOptimizationLevel: 'disabled',
    enableCpuMemArena: false,
    enableMemPattern: false,
    logSeverityLevel: 4,
  });
  sessions.set(key, session);
  return session;
}

function tensorOf({ type, width, data }: Input, rows: number): Tensor {
  const dims = [rows, width];
  if (!(data instanceof Float64Array)) return new Tensor('string', [...data], dims);
  if (type === 'float32') return new Tensor('float32', Float32Array.from(data), dims);
  if (type === 'float64') return new Tensor('float64', data, dims);
  if (type === 'int32') return new Tensor('int32', Int32Array.from(data), dims);
  if (type === 'bool') return new Tensor('bool', Uint8Array.from(data), dims);
  return new Tensor(
    'int64',
    BigInt64Array.from(data, value => BigInt(Math.trunc(value) || 0)),
    dims,
  );
}

/** As numbers or texts, whatever the model answers. */
function plain(data: Tensor.DataType | undefined): readonly string[] | Float64Array {
  if (data === undefined) return [];
  if (Array.isArray(data)) return data.map(String);
  return Float64Array.from(data as Iterable<number | bigint>, Number);
}
