import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { watchFunctions } from '@banknote-loop/build/watch';
import { FunctionProcess } from '@banknote-loop/local/function-process';
import { findFreePort } from '@banknote-loop/local/ports';
import { prepareMessaging } from '@banknote-loop/local/prepare-cloud';
import { startPubSub } from '@banknote-loop/local-cloud';
import { topics } from '@banknote-loop/shared/contract';
import { clientOptions, pubSubIn } from '@banknote-loop/shared/pubsub';
import { aPrediction, until } from '@banknote-loop/testing';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { PubSub } from '@google-cloud/pubsub';
import definition from '../functions/prediction-to-cache/src/index.ts';

// A function is written over while messages come in: every one of them arrives, and the last ones at the new code. The
// sources are a copy in which a function notes down what it gets; what stands around it is real.

const root = join(import.meta.dirname, '..');
const name = 'prediction-to-cache';
const folder = makeTempFolder();
const source = join(folder, 'functions', name, 'src/index.ts');
const notes = join(folder, 'notes');

// Without this, Google's clients would look for a cloud around them.
process.env.METADATA_SERVER_DETECTION = 'none';

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(version: string, then = ''): void {
  writeFileSync(source, codeOf(version, then));
}

/** As many an editor writes. */
function replace(version: string): void {
  writeFileSync(`${source}.new`, codeOf(version));
  renameSync(`${source}.new`, source);
}

function codeOf(version: string, then = ''): string {
  return `import { appendFileSync } from 'node:fs';
    import { defineFunction, topics } from '@banknote-loop/shared';
    export default defineFunction({
      name: '${name}',
      summary: 'Notes down what it gets.',
      on: topics.prediction,
      async handle(message) {
        await new Promise(resolve => setTimeout(resolve, 20));
        appendFileSync(${JSON.stringify(notes)}, '${version} ' + message.batch_id + '\\n');
        return {};
      },
    });${then}`;
}

/** Which version has noted down which batches. */
function noted(): readonly (readonly string[])[] {
  if (!existsSync(notes)) return [];
  return readFileSync(notes, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => line.split(' '));
}

it('a function whose source changes is built and started again, and no message is lost', async () => {
  const [sources, output] = [join(folder, 'functions', name, 'src'), join(folder, 'output')];
  mkdirSync(sources, { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'dist/functions', name), join(output, name), { recursive: true });
  write('first');

  const built: string[] = [];
  const errors: string[] = [];
  const pubsub = await startPubSub({ dataFolder: join(folder, 'pubsub') });
  const environment = {
    PROJECT_ID: 'test',
    PUBSUB_EMULATOR_HOST: pubsub.address,
    METADATA_SERVER_DETECTION: 'none',
  };
  const port = await findFreePort();
  const said: string[] = [];
  const running = new FunctionProcess({
    name,
    port,
    source: join(output, name),
    environment,
    onLine: line => said.push(line),
    onRestart: how => said.push(`ended by itself: ${how}`),
  });
  const client = new PubSub(clientOptions(environment));
  let renewing = Promise.resolve();
  const watching = await watchFunctions({
    root: folder,
    output,
    names: [name],
    onBuilt: names => {
      built.push(...names);
      renewing = renewing.then(() => running.renew());
    },
    onError: message => errors.push(message),
  });
  try {
    await running.start();
    const backoff = { minSeconds: 0.1, maxSeconds: 1 };
    await prepareMessaging(pubSubIn(environment), [{ definition, port }], backoff);

    const sent: string[] = [];
    const send = async (count: number): Promise<void> => {
      const messages = Array.from({ length: count }, () => aPrediction());
      sent.push(...messages.map(({ batch_id }) => batch_id));
      await Promise.all(messages.map(json => client.topic(topics.prediction.name).publishMessage({ json })));
    };
    await send(50);
    await until('something has been noted down', () => noted().length > 0);

    write('broken', '}');
    await until('the mistake is told', () => errors.length > 0);
    expect(errors.join()).toContain(`functions/${name}/src/index.ts:`);
    expect(built).toEqual([]);

    write('second');
    // Messages come until the new code is the one that takes them.
    await until(
      'the new code answers',
      async () => {
        await send(5);
        return noted().some(([version]) => version === 'second');
      },
      30_000,
      50,
    );
    await until(
      'every message has arrived',
      () => {
        const arrived = new Set(noted().map(([, batch]) => batch));
        return sent.every(batch => arrived.has(batch));
      },
      30_000,
    );
    expect(built).toEqual([name]);
    expect(new Set(noted().map(([version]) => version))).toEqual(new Set(['first', 'second']));
    replace('third');
    await until('another file in its place is built', () => built.length === 2);
    write('fourth');
    await until('and what is written into that one', () => built.length === 3);
    await renewing;
    expect(said.filter(line => line.startsWith('ended by itself'))).toEqual([]);
  } finally {
    await watching.close();
    await renewing;
    await running.stop();
    await client.close();
    await pubsub.close();
  }
});
