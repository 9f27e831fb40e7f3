import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { answerHelp } from '@banknote-loop/shared/base';
import { type FeedbackMessage, type Forgotten, subject, topics } from '@banknote-loop/shared/contract';
import { publishByHand } from '@banknote-loop/shared/function';
import { exportPerson, forgetPerson } from '@banknote-loop/shared/people';
import { cache, database, deadLetters } from '@banknote-loop/shared/resources';
import { words } from './meant-loop.ts';
import { runTool } from './tool.ts';

const usage = `npm run people -- export NAME            all that is kept of a person, as JSON
npm run people -- forget NAME            forgets a person; models are trained anew without what they said
npm run people -- forget NAME --dry-run  only says what would go
npm run people -- list                   who has been forgotten, by pseudonyms
  --file FILE                            where to write what is exported, if not on the screen
  --by NAME                              who asks, if not the user of this machine
  --data-set NAME                        of which loop, where several run here`;

/** What becomes of each kind of thing. */
const effects: Readonly<Record<string, string>> = {
  ratings: 'ratings are taken back',
  training_rows: 'rows that models learn from go',
  labels_of_others: 'labels of others lose their agreement or decision by name',
  decisions: 'decisions keep the pseudonym',
  models: 'records of models keep the pseudonym',
  jobs: 'reports of trainings keep the pseudonym',
  skipped_trainings: 'records of trainings put off keep the pseudonym',
  review_leases: 'items of a review are free for others',
  reviewer_counts: 'counts of errors go',
  audit: 'records of the audit log keep the pseudonym',
  dead_letters: 'dead letters go',
};

answerHelp(usage);
await runTool({ db: database, cache, deadLetters }, async ({ db, cache, deadLetters }, instance) => {
  const { command, person, by, file, onlyLook } = readArguments();
  if (command === 'list') {
    for (const { pseudonym, asked, finished } of await db.people.forgotten()) {
      console.log(
        `${pseudonym}  ${asked}  ${finished ? 'forgotten' : 'not finished: ask for it again, by name'}`,
      );
    }
    return;
  }
  if (command === 'export') {
    const text = JSON.stringify(await exportPerson(person, { db, deadLetters }, { by }), null, 2);
    if (file === undefined) return console.log(text);
    writeFileSync(file, `${text}\n`, { flag: 'wx', mode: 0o600 });
    return console.log(`${file} has all that is kept of ${person}.`);
  }
  const publishJob = async (job: FeedbackMessage): Promise<void> => {
    await publishByHand(instance, topics.job, job);
  };
  const gone = await forgetPerson(person, { db, deadLetters, cache, publishJob }, { by, onlyLook });
  print(person, gone, onlyLook, (await db.models.live())?.model_file_name);
});

function readArguments() {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      by: { type: 'string', default: userInfo().username },
      file: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
  });
  const [command = '', name = '', ...more] = positionals;
  const isKnown = ['list', 'export', 'forget'].includes(command);
  if (!isKnown || more.length > 0) throw new Error(usage);
  const person = command === 'list' ? { data: '' } : subject.safeParse(name);
  if (person.data === undefined) throw new Error(`Say whom, by a name that can be kept.\n\n${usage}`);
  return { command, person: person.data, by: values.by, file: values.file, onlyLook: values['dry-run'] };
}

function print(
  person: string,
  { pseudonym, found, dead_letters, models_taught, retraining }: Forgotten & { readonly retraining: boolean },
  onlyLook: boolean,
  live: string | undefined,
): void {
  console.log(onlyLook ? `Nothing has been changed. Of ${person}:` : `${person} is forgotten. Of them:`);
  for (const [what, count] of Object.entries({ ...found, dead_letters })) {
    console.log(`${String(count).padStart(8)}  ${effects[what] ?? what}`);
  }
  console.log(`Where a record stays, the name is ${pseudonym}.`);
  for (const { model_file_name, learned, judged } of models_taught) {
    const mark = model_file_name === live ? ', which answers now' : '';
    console.log(
      `${model_file_name}${mark}: learned ${learned} of their labels, and was judged by ${judged}.`,
    );
  }
  if (retraining) console.log(onlyLook ? 'A training would follow.' : 'A training without them follows.');
}
