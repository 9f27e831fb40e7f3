import process from 'node:process';
import { describe } from '../base/errors.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-core');

/** Best first, under TensorFlow's own names: the native library, WebAssembly, plain JavaScript. */
export const backendNames = ['tensorflow', 'wasm', 'cpu'] as const;
/** What made a model: one of these, or somebody else's program. */
export const originNames = [...backendNames, 'elsewhere'] as const;
export type BackendName = (typeof backendNames)[number];

export interface Backend {
  readonly name: BackendName;
  readonly tf: TensorFlow;
  /** The better backends that could not be used, each with the reason in a sentence. */
  readonly passedOver: readonly string[];
}

// An optional dependency: held in a variable so that neither compiler nor bundler insists on its presence.
const nativePackage: string = '@tensorflow/tfjs-node';

// Each package registers its backend with the one engine that all copies of TensorFlow in a process share.
const load: Readonly<Record<BackendName, () => Promise<unknown>>> = {
  tensorflow: () => import(nativePackage),
  wasm: () => import('../clients/tensorflow-wasm.ts'),
  cpu: () => import('../clients/tensorflow-cpu.ts'),
};

const remedy: Readonly<Record<BackendName, string>> = {
  tensorflow: 'Install its package again, on a machine that its native library was built for.',
  wasm: 'Keep its .wasm files beside the code that loads it: in its package, or beside the bundle.',
  cpu: 'Install its package again.',
};

let best: Promise<Backend> | undefined;

/**
 * Loads TensorFlow on the named backend or, with no name, on the best one that works here, which is found out once.
 * Nothing of TensorFlow is loaded before the first call. In a bundle, the `.wasm` files belong beside the bundle.
 */
export async function chooseBackend(name?: BackendName): Promise<Backend> {
  if (name !== undefined) return activate(name, []);
  best ??= findBest();
  const { name: bestName, passedOver } = await best;
  return activate(bestName, passedOver);
}

async function findBest(): Promise<Backend> {
  const passedOver: string[] = [];
  for (const name of backendNames) {
    try {
      return await activate(name, passedOver);
    } catch (error) {
      passedOver.push(describe(error));
    }
  }
  throw new Error(`No TensorFlow backend works here: ${passedOver.join(' ')} Install the packages again.`);
}

async function activate(name: BackendName, passedOver: readonly string[]): Promise<Backend> {
  const { tf } = await import('../clients/tensorflow.ts');
  // Production mode also silences TensorFlow's greetings, which would break a log of one JSON object for each line.
  tf.enableProdMode();
  await keepingProcessHandlers(async () => {
    await load[name]().catch((cause: unknown) => {
      throw new Error(`The TensorFlow backend "${name}" could not be loaded.`, { cause });
    });
    if (!(await tf.setBackend(name))) {
      throw new Error(`The TensorFlow backend "${name}" could not be started. ${remedy[name]}`);
    }
  });
  return { name, tf, passedOver };
}

/**
 * The WebAssembly module adds handlers for uncaught errors that throw them again out of its own minified source.
 * How this process dies, and what it prints, is for the process to decide, so they are taken off again.
 */
async function keepingProcessHandlers(start: () => Promise<void>): Promise<void> {
  const exceptions = new Set(process.listeners('uncaughtException'));
  const rejections = new Set(process.listeners('unhandledRejection'));
  try {
    await start();
  } finally {
    for (const added of process.listeners('uncaughtException')) {
      if (!exceptions.has(added)) process.off('uncaughtException', added);
    }
    for (const added of process.listeners('unhandledRejection')) {
      if (!rejections.has(added)) process.off('unhandledRejection', added);
    }
  }
}
