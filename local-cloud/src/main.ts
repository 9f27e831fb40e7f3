#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { startLocalCloud } from './local-cloud.ts';

const usage = `local-cloud starts Google's Pub/Sub, Cloud Storage and Secret Manager on this machine.

  --project NAME        the project that programs are told they are in (local)
  --data FOLDER         where all that is stored survives a restart; without it, all is gone at the end
  --pubsub-port N       a free port when left out, as for the others
  --storage-port N
  --secrets-port N
  --monitoring-port N
  --most-pushes N       so many pushes are under way for one subscription at a time (1000)

It prints the environment that Google's clients and gcloud need, then "# ready", and runs until it is interrupted.
In a shell: local-cloud > cloud.env & … source cloud.env`;

const port = { type: 'string' } as const;

function readOptions() {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      project: { type: 'string' },
      data: { type: 'string' },
      'pubsub-port': port,
      'storage-port': port,
      'secrets-port': port,
      'monitoring-port': port,
      'most-pushes': { type: 'string', default: '1000' },
    },
  });
  if (values.help) return undefined;
  const portOf = (name: 'pubsub' | 'storage' | 'secrets' | 'monitoring') => {
    const text = values[`${name}-port`];
    return text === undefined ? {} : { [name]: numberIn(text, `${name}-port`) };
  };
  const { project, data } = values;
  return {
    ...(project !== undefined && { project }),
    ...(data !== undefined && { data }),
    ports: { ...portOf('pubsub'), ...portOf('storage'), ...portOf('secrets'), ...portOf('monitoring') },
    maxOutstandingPushes: numberIn(values['most-pushes'], 'most-pushes'),
  };
}

function numberIn(text: string, flag: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`"${text}" is no number: give --${flag} one.`);
  return Number(text);
}

async function run(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return console.log(usage);
  const cloud = await startLocalCloud(options);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void cloud.close());
  for (const [name, value] of Object.entries(cloud.environment)) console.log(`export ${name}=${value}`);
  console.log('# ready');
}

run().catch(error => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
