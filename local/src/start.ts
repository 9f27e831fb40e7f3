import { dirname, join, relative } from 'node:path';
import { styleText } from 'node:util';
import { buildIfChanged } from '@banknote-loop/build/if-changed';
import { answerHelp, describe, quoteForShell } from '@banknote-loop/shared/base';
import { type DataSet, exampleRow } from '@banknote-loop/shared/data-set';
import { readTopology } from '../../functions/topology.ts';
import { chooseDataSet } from './chosen-data-set.ts';
import { startLoop } from './loop.ts';
import { checkOpenness } from './openness.ts';
import { folderOf, readOptions, type StartOptions, usage } from './options.ts';
import { formatLogLine } from './output.ts';
import { watch } from './watch.ts';

// What `npm start` runs: the whole loop on this machine, until Ctrl-C.

async function main(options: StartOptions): Promise<void> {
  const warning = checkOpenness(options, process.env);
  if (warning) console.log(styleText(['bold', 'red'], `  ! ${warning}`));
  const step = startSteps();
  const names = (await readTopology()).map(({ name }) => name);
  checkNames(options.only, names);
  const dataSet = await chooseDataSet(options.choice, text => console.log(text));
  const folder = options.folder ?? folderOf(dataSet.dataSet.name);
  const built = await buildIfChanged();
  step(built ? `built ${names.length} functions` : 'the functions are built already');
  const loop = await startLoop({
    folder,
    dataSet,
    port: options.port,
    host: options.host,
    fresh: options.fresh,
    force: options.force,
    observe: true,
    lookAfter: true,
    // What is not shown is still counted.
    settings: { LOG_LEVEL: options.log === 'debug' ? 'debug' : 'info' },
    on: {
      print: line => console.log(styleText('yellow', `  ! ${line}`)),
      log(name, line, fields) {
        if (options.only.length > 0 && !options.only.includes(name)) return;
        const text = formatLogLine(name, line, options.log, fields);
        if (text) console.log(text);
      },
      step,
    },
  });
  const watching = options.watch ? await watch(loop, dataSet.dataSet) : undefined;
  if (watching) step('changes of sources are watched for');
  stopOnSignal(async () => {
    await watching?.close();
    await loop.stop();
  });
  console.log(welcome(loop.url, folder, dataSet.dataSet));
  console.log(`ready ${loop.url}`);
}

function checkNames(only: readonly string[], known: readonly string[]): void {
  const unknown = only.find(name => !known.includes(name));
  if (unknown === undefined) return;
  throw new Error(`--only takes one of ${known.join(', ')}, and was given "${unknown}".`);
}

/** Says what has been done and how long it took. */
function startSteps(): (what: string) => void {
  let last = performance.now();
  return what => {
    const now = performance.now();
    const took = `${((now - last) / 1000).toFixed(1)} s`;
    last = now;
    console.log(`  ${styleText('green', '✓')} ${what} ${styleText('gray', took)}`);
  };
}

function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const end = (): void => {
    if (stopping) return;
    stopping = true;
    console.log('stopping …');
    stop().then(
      () => process.exit(0),
      error => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function welcome(url: string, folder: string, dataSet: DataSet): string {
  const body = { subjects: [`my first ${dataSet.item}`], features: [exampleRow(dataSet)] };
  const file = relative(process.cwd(), join(folder, 'env'));
  return `
  The loop turns. Send it a first ${dataSet.item}:

    curl -s ${url}/notes -H 'content-type: application/json' \\
      -d ${quoteForShell(JSON.stringify(body))}

  and see what it says:   curl -s ${url}/batches
  what the loop is doing: curl -s ${url}/metrics, and ${url}/traces?correlation_id=BATCH_ID
  addresses of all parts: ${file}   (set -a; . ${file})
  end it with Ctrl-C; the data stays in ${dirname(file)}/
`;
}

/** What is wrong with the command line is told with how it should be. */
function readCommandLine(): StartOptions {
  try {
    return readOptions(process.argv.slice(2), process.env);
  } catch (cause) {
    throw new Error(`${describe(cause)}\n\n${usage}`);
  }
}

answerHelp(usage);
try {
  await main(readCommandLine());
} catch (error) {
  console.error(`${styleText('red', 'The loop did not start.')} ${describe(error)}`);
  process.exit(1);
}
