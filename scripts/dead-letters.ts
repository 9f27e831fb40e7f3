import { parseArgs } from 'node:util';
import { answerHelp } from '@banknote-loop/shared/base';
import type { DeadLetter, DeadLetters } from '@banknote-loop/shared/pubsub';
import { deadLetters } from '@banknote-loop/shared/resources';
import { words } from './meant-loop.ts';
import { runTool } from './tool.ts';

const usage = `npm run dead-letters -- list             what could not be processed, by whom, and why
npm run dead-letters -- show ID           one of them, with its data
npm run dead-letters -- replay ID…|--all  publishes them again where they came from
npm run dead-letters -- drop ID…|--all    takes them off for good
  --since TIME                            with --all: those only that were given up since then, as 2026-11-20T03:00Z or 90m, 6h, 2d ago
  --function NAME                         with --all: those only that this function gave up
  --data-set NAME                         of which loop, where several run here`;

const millisecondsOf: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

answerHelp(usage);
await runTool({ deadLetters }, async ({ deadLetters }) => {
  const choice = readChoice();
  if (choice.command === 'list') return list((await deadLetters.listAll()).filter(choice.isWanted));
  if (choice.command === 'show') return show(deadLetters, choice.ids);
  if (choice.command === 'replay') return change(deadLetters, choice, 'replay', 'published again');
  if (choice.command === 'drop') return change(deadLetters, choice, 'drop', 'dropped');
  throw new Error(usage);
});

interface Choice {
  readonly command: string;
  readonly ids: readonly string[];
  readonly all: boolean;
  /** Which of all of them are meant. */
  isWanted(letter: DeadLetter): boolean;
}

function readChoice(): Choice {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      all: { type: 'boolean', default: false },
      since: { type: 'string' },
      function: { type: 'string' },
    },
  });
  const [command = 'list', ...ids] = positionals;
  const since = values.since === undefined ? undefined : timeOf(values.since);
  const isSome = since !== undefined || values.function !== undefined;
  // An id names one letter: whoever adds a condition to it has meant something else.
  if (ids.length > 0 ? values.all || isSome : isSome && !values.all && command !== 'list')
    throw new Error(usage);
  const isWanted = (letter: DeadLetter): boolean =>
    (since === undefined || letter.arrived >= since) &&
    (values.function === undefined || letter.function === values.function);
  return { command, ids, all: values.all, isWanted };
}

/** A moment, or how long ago it was. */
function timeOf(text: string): Date {
  const [, amount, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const time = new Date(amount ? Date.now() - Number(amount) * (millisecondsOf[unit] ?? 0) : text);
  if (amount || (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime()))) return time;
  throw new Error(
    `--since takes a time such as 2026-11-20T03:00Z, or 90m, 6h, 2d ago, and was given "${text}".`,
  );
}

function list(letters: readonly DeadLetter[]): void {
  for (const { id, function: name, arrived, attempts, reason, field } of letters) {
    console.log(
      `${id}  ${name}  ${ageOf(arrived)} ago  attempts ${attempts}  ${field ? `${field}: ` : ''}${reason}`,
    );
  }
  console.log(`${letters.length} dead ${letters.length === 1 ? 'letter' : 'letters'}`);
}

async function show(letters: DeadLetters, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const letter = await letters.open(id);
    if (!letter) throw new Error(`There is no dead letter ${id}.`);
    const { data, ...rest } = letter;
    console.log(JSON.stringify({ ...rest, data: data.toString('utf8') }, null, 2));
  }
}

async function change(
  letters: DeadLetters,
  { ids, all, isWanted }: Choice,
  how: 'replay' | 'drop',
  done: string,
): Promise<void> {
  if (ids.length === 0 && !all) throw new Error(usage);
  const wanted = new Set(all ? (await letters.listAll()).filter(isWanted).map(({ id }) => id) : ids);
  const count = await letters[how](wanted);
  console.log(`${count} ${done}`);
  if (!all && count < wanted.size) throw new Error(`${wanted.size - count} of the ids named are not there.`);
}

function ageOf(time: Date): string {
  const seconds = Math.round((Date.now() - time.getTime()) / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}
