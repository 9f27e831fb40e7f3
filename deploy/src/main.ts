import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { answerHelp, describe } from '@banknote-loop/shared/base';
import { readTopology } from '../../functions/topology.ts';
import { act } from './actions.ts';
import { buildArtefacts } from './artefacts.ts';
import { checkSite } from './check-site.ts';
import { dryRun } from './dry-runs.ts';
import { installedGcloud } from './gcloud.ts';
import { type Options, readOptions, usage } from './options.ts';
import { readSettingsFile, type Settings } from './settings.ts';
import { makeSite } from './site.ts';

// What `npm run deploy` runs.

const root = join(import.meta.dirname, '../..');

async function main(options: Options): Promise<void> {
  const settings = findSettings(options);
  const [functions, artefacts] = await Promise.all([readTopology(), buildArtefacts(settings.DATA_SET)]);
  const site = makeSite({ settings, functions, artefacts });
  checkSite(site);
  if (options.dryRun) return console.log(dryRun(site, options).join('\n'));
  await act(site, options, { gcloud: installedGcloud, print: line => console.log(line), ask });
}

function findSettings({ settings, dryRun: dry }: Options): Settings {
  const file = settings ?? join(root, 'env-vars.yaml');
  const example = join(root, 'env-vars.example.yaml');
  if (existsSync(file)) return readSettingsFile(file);
  if (!dry || settings) {
    throw new Error(`There is no ${file}: copy env-vars.example.yaml to env-vars.yaml, and fill it in.`);
  }
  console.error('There is no env-vars.yaml: these are the commands for the values of env-vars.example.yaml.');
  return readSettingsFile(example);
}

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return (await terminal.question(question)).trim();
  } finally {
    terminal.close();
  }
}

// Of `run TOOL --help` the tool makes what it will.
answerHelp(usage, process.argv.slice(2, 3));
try {
  await main(readOptions(process.argv.slice(2)));
} catch (error) {
  console.error(describe(error));
  if (error instanceof Error && Reflect.get(error, 'code')?.startsWith?.('ERR_PARSE_ARGS'))
    console.error(`\n${usage}`);
  process.exitCode = 1;
}
