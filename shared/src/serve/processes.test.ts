import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findFreePort } from '@banknote-loop/local/ports';
import { until } from '@banknote-loop/testing';

const root = join(import.meta.dirname, '../../..');
const launcher = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');
const loopback = join(root, 'local/src/loopback.cjs');

/** As the platform starts it: without the channel by which the runner is told that a function listens. */
async function start(environment: NodeJS.ProcessEnv) {
  const port = await findFreePort();
  const source = join(root, 'dist/functions/ingest-api');
  const child = spawn(
    process.execPath,
    ['--require', loopback, launcher, `--source=${source}`, '--target=ingest-api', `--port=${port}`],
    { env: { PATH: process.env.PATH, METADATA_SERVER_DETECTION: 'none', ...environment } },
  );
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', text => output.push(String(text)));
  const ended = once(child, 'close').then(([code]): number => code);
  return { child, ended, url: `http://127.0.0.1:${port}`, text: () => output.join('') };
}

const complete = { PROJECT_ID: 'test', PUBSUB_EMULATOR_HOST: '127.0.0.1:9' };

it('answers with several processes behind one port, and ends them all', async () => {
  const { child, ended, url, text } = await start({ ...complete, WEB_CONCURRENCY: '2' });
  const answers = () =>
    fetch(`${url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until('it answers', answers);
  await until('both listen', () => text().split('Serving function').length === 3);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(text().split('"message":"stopped"')).toHaveLength(3);
});

it('ends at once where the function cannot start', async () => {
  const { ended, text } = await start({ WEB_CONCURRENCY: '2' });
  expect(await ended).toBe(1);
  expect(text()).toContain('PROJECT_ID is missing');
  const wrong = await start({ ...complete, WEB_CONCURRENCY: 'many' });
  expect(await wrong.ended).toBe(1);
  expect(wrong.text()).toContain('WEB_CONCURRENCY is malformed');
});
