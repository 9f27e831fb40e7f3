import { styleText } from 'node:util';
import { describe, readCommandLine, until } from '@banknote-loop/shared/base';
import { words } from './meant-loop.ts';
import { findEnvironment } from './tool.ts';

const usage = `npm run tour               goes once around a running loop, as a person would, and says what happens where
  --data-set NAME          around which one, where several run here`;

/** Goes around; leaves the rating withdrawn, and the model that answered before answering. */
export async function tour(url: string, print: (line: string) => void): Promise<void> {
  const ask = async <Body>(method: string, path: string, body?: object): Promise<Body> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { prefer: 'times=zoned', ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok)
      throw new Error(`${method} ${path} was answered ${answer.status}: ${await answer.text()}`);
    const content: unknown = await answer.json();
    // What each path answers, /openapi.json says.
    return content as Body;
  };
  const step = (title: string, where: string): void =>
    print(`\n${styleText('bold', title)}\n${styleText('gray', where)}`);

  const { item } = await ask<{ readonly item: string }>('GET', '/data-set');
  const { samples } = await ask<Samples>('GET', '/samples');
  const [sample] = samples;
  if (!sample) throw new Error('The data set has no items of its own to ask about.');

  step(
    `1. Ask what a ${item} is`,
    'ingest-api publishes to "request"; prediction answers; two functions store the answer in Postgres and Redis.',
  );
  const subject = 'from the tour';
  const asked = await ask<{ readonly batch_id: string }>('POST', '/notes', {
    subjects: [subject],
    features: [sample.features],
  });
  const { notes } = await ask<Notes>('GET', `/batches/${asked.batch_id}?wait=20`);
  const [note] = notes;
  print(
    `   ${JSON.stringify(sample.features)} is called "${note?.prediction}" by ${note?.model_file_name}; it is "${sample.label}".`,
  );

  step(
    '2. Say that the answer was right',
    'predict-api publishes to "feedback"; feedback-to-db notes it; feedback-to-training makes a row of it; training learns.',
  );
  const rating = note?.prediction === sample.label ? 1 : 0;
  await ask('PATCH', `/batches/${asked.batch_id}`, {
    subjects: [subject],
    ratings: [rating],
    reviewer: 'tour',
  });
  const settled = await until(
    'the rating has been through a training',
    async () => {
      const { receipts } = await ask<Receipts>('GET', `/batches/${asked.batch_id}/receipt`);
      return receipts.find(({ training_row }) => training_row?.role);
    },
    90_000,
    250,
  );
  print(`   ${settled.words}`);

  step(
    '3. See which model answers, and why',
    'Each model, and each decision on one, is on record: GET /models, GET /decisions.',
  );
  const { live, models } = await ask<Models>('GET', '/models');
  for (const { model_file_name, promoted, reason } of models.slice(0, 3)) {
    print(
      `   ${model_file_name === live?.model_file_name ? '→' : ' '} ${model_file_name} ${promoted ? 'promoted' : 'refused'}: ${reason}`,
    );
  }

  step(
    '4. Go back to the model before, and forward again',
    'POST /decisions; every instance follows within seconds.',
  );
  if (!live || !models.some(one => one.promoted && one.model_file_name !== live.model_file_name)) {
    print('   There is no model before this one yet: correct an answer on the page, and come again.');
  } else {
    const account = { by: 'tour', why: 'to show how it is done' };
    const back = await ask<Decided>('POST', '/decisions', { kind: 'rollback', ...account });
    print(`   ${back.model_file_name} answers instead of ${back.replaces}.`);
    const again = { kind: 'promotion', model_file_name: live.model_file_name, ...account };
    print(`   ${(await ask<Decided>('POST', '/decisions', again)).model_file_name} answers again.`);
  }

  step(
    '5. Take the rating back',
    'A withdrawn rating takes its row along; whoever learned from it is trained anew.',
  );
  await ask('PATCH', `/batches/${asked.batch_id}`, {
    subjects: [subject],
    ratings: [null],
    reviewer: 'tour',
  });
  print(`   Done. The page shows all of this: ${url}`);
}

interface Samples {
  readonly samples: readonly { readonly features: readonly unknown[]; readonly label: string }[];
}
interface Notes {
  readonly notes: readonly { readonly prediction: string; readonly model_file_name: string | null }[];
}
interface Receipts {
  readonly receipts: readonly {
    readonly words: string;
    readonly training_row: { readonly role: string | null } | null;
  }[];
}
interface Models {
  readonly live: { readonly model_file_name: string } | null;
  readonly models: readonly {
    readonly model_file_name: string;
    readonly promoted: boolean;
    readonly reason: string;
  }[];
}
interface Decided {
  readonly model_file_name: string;
  readonly replaces: string | null;
}

if (process.argv[1]?.endsWith('tour.ts')) {
  readCommandLine(usage, {}, words);
  const url = findEnvironment()?.LOOP_URL ?? 'http://127.0.0.1:8080';
  void tour(url, line => console.log(line)).catch(error => {
    console.error(`The tour ends here: ${describe(error)} Is the loop running (npm start)?`);
    process.exitCode = 1;
  });
}
