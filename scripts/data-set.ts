import { parseArgs } from 'node:util';
import { migrateDeclaration, ownMigrations, readDeclaration } from '@banknote-loop/local/prepare-database';
import { answerHelp, describe } from '@banknote-loop/shared/base';
import { type Change, type DataSet, diffDataSets, type Feature } from '@banknote-loop/shared/data-set';
import {
  checkTable,
  type FoundDataSet,
  findDataSet,
  findDataSets,
  inferDataSet,
  keepDataSet,
} from '@banknote-loop/shared/data-set/files';
import { schemaOf } from '@banknote-loop/shared/postgres';
import { findTarget } from './database-owner.ts';
import { words } from './meant-loop.ts';

const usage = `npm run data-set -- list                              the data sets that are here
npm run data-set -- show NAME                         one of them: its features and classes
npm run data-set -- check [NAME|FILE]                 whether declaration and table are in order; without a name, all
npm run data-set -- infer FILE [--label COLUMN]       works out the declaration of a CSV file, and keeps it
  --name NAME                                         under which name; the file's, if nothing is said
  --overwrite                                         in place of another declaration of that name
npm run data-set -- diff NAME                         what its declaration means for the tables of its loop, as they are
npm run data-set -- diff OLD NEW                      what a changed declaration means for stored rows and models
npm run data-set -- migrate NAME [--force]            brings its tables to its declaration; --force also where that loses data
  --folder FOLDER                                     of the loop that was started with this folder
npm run data-set -- schema NAME                       its tables, as a script for PostgreSQL`;

answerHelp(usage);
try {
  await run();
} catch (error) {
  console.error(describe(error));
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      label: { type: 'string' },
      name: { type: 'string' },
      overwrite: { type: 'boolean' },
      force: { type: 'boolean' },
    },
  });
  const [command = 'list', first, second] = positionals;
  if (command === 'list') list();
  else if (command === 'show' && first) show(findDataSet(first).dataSet);
  else if (command === 'check' && first) await check(findDataSet(first));
  else if (command === 'check') await checkAll();
  else if (command === 'infer' && first) await infer(first, values);
  else if (command === 'diff' && first) await diff(first, second);
  else if (command === 'migrate' && first) await migrate(first, values);
  else if (command === 'schema' && first)
    process.stdout.write(schemaOf(findDataSet(first).dataSet, ownMigrations()));
  else throw new Error(usage);
}

function list(): void {
  const { found, problems } = findDataSets();
  for (const { dataSet } of found) {
    const { name, title, features, label, source } = dataSet;
    const shape = `${features.length} features, ${label.classes.length} classes`;
    console.log(
      `${name.padEnd(16)}  ${shape.padEnd(26)}  ${title}${source.licence ? ` (${source.licence})` : ''}`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function show({ title, question, features, label, source }: DataSet): void {
  console.log(`${title}: ${question}\n`);
  for (const feature of features)
    console.log(`${feature.column.padEnd(30)}  ${feature.kind.padEnd(8)}  ${valuesOf(feature)}`);
  console.log(`\n${label.name}: ${label.classes.map(({ name }, i) => `${i} ${name}`).join(', ')}`);
  for (const line of Object.values(source)) console.log(line);
}

function valuesOf(feature: Feature): string {
  const missing = feature.missing ? ', may be missing' : '';
  switch (feature.kind) {
    case 'number':
      return `${feature.min ?? 'any'} to ${feature.max ?? 'any'}${feature.integer ? ', whole' : ''}${missing}`;
    case 'category':
      return `${feature.categories.join(', ')}${feature.unknown === 'accept' ? ', others' : ''}${missing}`;
    case 'yes-no':
      return `yes or no${missing}`;
  }
}

async function checkAll(): Promise<void> {
  const { found, problems } = findDataSets();
  const unreadable = [...problems];
  for (const one of found) await check(one).catch(error => unreadable.push(describe(error)));
  if (unreadable.length > 0) throw new Error(unreadable.join('\n'));
}

async function check(found: FoundDataSet): Promise<void> {
  const { label } = found.dataSet;
  const { rows, classes, problems, problemCount } = await checkTable(found, { warn: console.warn });
  const counts = classes.map((count, i) => `${label.classes[i]?.name} ${count}`);
  console.log(`${found.dataSet.name}: ${rows} rows (${counts.join(', ')})`);
  for (const problem of problems) console.log(problem);
  if (problemCount > problems.length) console.log(`… and ${problemCount - problems.length} more`);
  if (rows === 0 || problemCount > 0) process.exitCode = 1;
}

interface InferArguments {
  readonly label?: string;
  readonly name?: string;
  readonly overwrite?: boolean;
}

async function infer(file: string, { label, name, overwrite }: InferArguments): Promise<void> {
  const { dataSet, table, notes } = await inferDataSet(file, { label, name, progress: showProgress() });
  console.log(table);
  if (notes.length > 0) console.log(`\n${notes.map(note => `- ${note}`).join('\n')}`);
  const { path } = await keepDataSet(dataSet, { remarks: notes, overwrite });
  console.log(`\nKept as ${path}: change there what is not as you mean it.`);
}

/** A bar for those who wait; nothing where nobody looks, or where it would be over at once. */
function showProgress(): (read: number, total: number) => void {
  const slow = 5_000_000;
  let shown = -1;
  return (read, total) => {
    const percent = Math.floor((100 * read) / total);
    if (!process.stderr.isTTY || total < slow || percent === shown) return;
    shown = percent;
    const done = Math.floor(percent / 4);
    process.stderr.write(
      `\r${'█'.repeat(done)}${'░'.repeat(25 - done)} ${percent} %${percent === 100 ? '\n' : ''}`,
    );
  };
}

/** Two declarations, or that of the tables as they are and the one that they would follow. */
async function diff(first: string, second: string | undefined): Promise<void> {
  if (second !== undefined)
    return tell(diffDataSets(findDataSet(first).dataSet, findDataSet(second).dataSet));
  const { server, name: database, dataSet } = findTarget(first);
  tell(diffDataSets(await readDeclaration(server, database), dataSet));
}

async function migrate(name: string, options: { readonly force?: boolean }): Promise<void> {
  const { server, name: database, dataSet } = findTarget(name);
  const changes = await migrateDeclaration(server, database, dataSet, options);
  tell(changes);
  console.log(
    `The tables of ${dataSet.name} (${database} at ${server.host}:${server.port}) are as the declaration says.`,
  );
  if (changes.length > 0)
    console.log(
      'Start the loop again: it trains a model for what has changed. In the cloud: npm run deploy, and then npm run models -- train.',
    );
}

function tell(changes: readonly Change[]): void {
  if (changes.length === 0) console.log('Nothing changes for stored rows and models.');
  for (const { message, losesData, models, lacks } of changes) {
    const marks = [
      losesData ? 'loses data' : '',
      { stay: '', 'until the next': 'the model answers until the next', refused: 'needs a new model' }[
        models
      ],
      lacks ? `say ${lacks}` : '',
    ];
    const said = marks.filter(mark => mark !== '').join('; ');
    console.log(`${message}${said ? ` [${said}]` : ''}`);
  }
}
