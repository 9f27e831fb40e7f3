import { styleText } from 'node:util';
import { describe, readCommandLine } from '@banknote-loop/shared/base';
import { startInstance } from '@banknote-loop/shared/function';
import { pubSubIn } from '@banknote-loop/shared/pubsub';
import { cache, database, deadLetters, modelStore } from '@banknote-loop/shared/resources';

import { readTopology } from '../functions/topology.ts';
import { type Check, type CheckResult, runChecks } from './doctor/check.ts';
import { laptopChecks, machineChecks, portCheck } from './doctor/machine.ts';
import { oneNoteCheck } from './doctor/one-note.ts';
import { serviceChecks } from './doctor/services.ts';
import { words } from './meant-loop.ts';
import { dataSetOf, findEnvironment } from './tool.ts';

const usage = `npm run doctor             what is wrong with this machine, and with the loop that runs here or in the project
                           that the environment names, and what to do about it; exits with 1 if anything is
  --data-set NAME          of which loop, where several run here`;

readCommandLine(usage, {}, words);

const environment = environmentOrEnd();
let wrong = 0;

await tellAll([...machineChecks, ...(isLaptop() ? laptopChecks : [])]);
if (environment) await examine(environment);
else await tellAll([portCheck, noLoop()]);
console.log(wrong === 0 ? '\nAll is well.' : `\n${wrong} ${wrong === 1 ? 'thing is' : 'things are'} wrong.`);
process.exitCode = wrong === 0 ? 0 : 1;

/** Which of several loops is meant is for a person to say. */
function environmentOrEnd(): NodeJS.ProcessEnv | undefined {
  try {
    return findEnvironment();
  } catch (error) {
    console.error(describe(error));
    process.exit(1);
  }
}

async function examine(found: NodeJS.ProcessEnv): Promise<void> {
  // Without the runner none of its services answers, and to say so once is enough.
  if (found.LOOP_URL && !(await tellAll([pageCheck(found.LOOP_URL)]))) return;
  const uses = { db: database, cache, store: modelStore, deadLetters };
  const instance = startInstance({ name: 'doctor', uses, publishes: [] }, found, dataSetOf(found));
  try {
    const clients = await instance.clients();
    const functions = (await readTopology()).filter(one => one.kind === 'event');
    const checks = [
      ...serviceChecks({ ...clients, pubsub: pubSubIn(found), dataSet: instance.dataSet, functions }),
      oneNoteCheck({ ...clients, dataSet: instance.dataSet, publisher: instance.publisher }),
    ];
    await tellAll(checks);
  } finally {
    await instance.close();
  }
}

function isLaptop(): boolean {
  return !environment || environment.PUBSUB_EMULATOR_HOST !== undefined;
}

function noLoop(): Check {
  return {
    name: 'loop',
    run() {
      throw new Error('No loop runs here, and the environment names no project.');
    },
    remedy: 'Type npm start, or set PROJECT_ID and the other variables of env-vars.example.yaml.',
  };
}

function pageCheck(url: string): Check {
  return {
    name: 'page and APIs',
    async run() {
      const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) });
      if (!answer.ok) throw new Error(`${url}/readyz answers ${answer.status}: ${await answer.text()}`);
      return `${url} answers`;
    },
    remedy: 'Type npm start. If it runs, its output says which function ends, and why.',
  };
}

/** Answers whether all is in order. */
async function tellAll(checks: readonly Check[]): Promise<boolean> {
  const before = wrong;
  for await (const finding of runChecks(checks)) tell(finding);
  return wrong === before;
}

function tell({ name, ok, text, remedy }: CheckResult): void {
  const mark = ok ? styleText('green', 'ok   ') : styleText('red', 'wrong');
  console.log(`${mark} ${name.padEnd(20)} ${text}${ok ? '' : `\n${' '.repeat(27)}${remedy}`}`);
  if (!ok) wrong += 1;
}
