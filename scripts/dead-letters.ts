import type { DeadLetter, DeadLetters } from '@banknote-loop/shared/pubsub';
import { deadLetters } from '@banknote-loop/shared/resources';
import { runTool, words } from './tool.ts';

const usage = `npm run dead-letters -- list             what could not be processed, by whom, and why
npm run dead-letters -- show ID           one of them, with its data
npm run dead-letters -- replay ID…|--all  publishes them again where they came from
npm run dead-letters -- drop ID…|--all    takes them off for good
  --data-set NAME                         of which loop, where several run here`;

const [command = 'list', ...ids] = words;

await runTool({ deadLetters }, async ({ deadLetters }) => {
  if (command === 'list') return list(await deadLetters.listAll());
  if (command === 'show') return show(deadLetters);
  if (command === 'replay') return change(deadLetters, 'replay', 'published again');
  if (command === 'drop') return change(deadLetters, 'drop', 'dropped');
  throw new Error(usage);
});

function list(letters: readonly DeadLetter[]): void {
  for (const { id, function: name, arrived, attempts, reason, field } of letters) {
    console.log(
      `${id}  ${name}  ${ageOf(arrived)} ago  attempts ${attempts}  ${field ? `${field}: ` : ''}${reason}`,
    );
  }
  console.log(`${letters.length} dead ${letters.length === 1 ? 'letter' : 'letters'}`);
}

async function show(letters: DeadLetters): Promise<void> {
  for (const id of ids) {
    const letter = await letters.open(id);
    if (!letter) throw new Error(`There is no dead letter ${id}.`);
    const { data, ...rest } = letter;
    console.log(JSON.stringify({ ...rest, data: data.toString('utf8') }, null, 2));
  }
}

async function change(letters: DeadLetters, how: 'replay' | 'drop', done: string): Promise<void> {
  if (ids.length === 0) throw new Error(usage);
  const all = ids.includes('--all');
  const wanted = new Set(all ? (await letters.listAll()).map(({ id }) => id) : ids);
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
