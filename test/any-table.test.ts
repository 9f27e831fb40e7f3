import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import type { AnswerTo, Receipt } from '@banknote-loop/shared/contract';
import { exampleRow, namedFromRow, type Row, writeItemsCsv } from '@banknote-loop/shared/data-set';
import { findDataSet, parseDeclaration } from '@banknote-loop/shared/data-set/files';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import { z } from 'zod';

// The same loop on other tables: one with three classes, one with categories and missing values. Nothing here knows
// their features but the declaration, and everything goes in and out as any program would send and read it.

const usual = {
  durable: false,
  port: 0,
  backoff: { minSeconds: 0.05, maxSeconds: 1 },
  given: {},
  // How good a model is, other tests say.
  settings: { TRAIN_BUDGET_SECONDS: '2' },
};

describe.each(['iris', 'penguins'])('the loop on %s', name => {
  const found = findDataSet(name);
  const { dataSet } = found;
  const classes = dataSet.label.classes.map(one => one.name);
  const folder = makeTempFolder();
  const row = exampleRow(dataSet);
  let loop: Loop;
  let outside: Outside;

  beforeAll(async () => {
    loop = await startLoop({ ...usual, folder, dataSet: found });
    outside = new Outside(loop.environment);
  });
  afterAll(async () => {
    await outside.close();
    await loop.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  // biome-ignore lint/suspicious/noExplicitAny: an answer is read as any program reads it, without the contract's types.
  type Answer = { readonly status: number; readonly body: any };

  async function ask(
    method: string,
    path: string,
    body?: string | object,
    type = 'application/json',
  ): Promise<Answer> {
    const answer = await fetch(`${loop.url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': type },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
    return { status: answer.status, body: await answer.json() };
  }

  async function get<Address extends string>(address: Address): Promise<AnswerTo<Address>> {
    const { status, body } = await ask('GET', address);
    expect([address, status]).toEqual([address, 200]);
    return body;
  }

  /** Has items predicted the long way, by messages. */
  async function predicted(content: string | object, type?: string): Promise<AnswerTo<'/batches/x'>> {
    const { status, body } = await ask('POST', '/notes', content, type);
    expect([body, status]).toEqual([expect.objectContaining({ batch_id: expect.any(String) }), 202]);
    return get(`/batches/${body.batch_id}?wait=20`);
  }

  it('says what it is about', async () => {
    expect(await get('/data-set')).toEqual(dataSet);
    const api = (await ask('GET', '/openapi.json')).body;
    const asked = api.paths['/predict'].get.parameters.map((one: { name: string }) => one.name);
    expect(asked).toEqual(expect.arrayContaining(dataSet.features.map(({ column }) => column)));
  });

  it('answers items that come as lists, by name, in an address, as CSV and as a message', async () => {
    const byName = namedFromRow(dataSet, row);
    const csv = writeItemsCsv(dataSet, [{ subject: 'from a file', row }]);
    const answers = [
      await predicted({ subjects: ['a list'], features: [row] }),
      await predicted({ subjects: ['by name'], features: [byName] }),
      await predicted(csv, 'text/csv'),
    ];
    for (const { notes } of answers) {
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatchObject({ ...byName, rating: null });
      expect(notes[0]).not.toHaveProperty('score');
      expect(classes).toContain(notes[0]?.prediction);
      expect(notes[0]?.probabilities).toHaveLength(classes.length);
    }

    const query = Object.entries(byName).map(([column, value]): [string, string] => [
      column,
      String(value ?? ''),
    ]);
    const [inAddress, inBody] = [
      await ask('GET', `/predict?${new URLSearchParams(query)}`),
      await ask('POST', '/predict', byName),
    ];
    expect(inAddress.status).toBe(200);
    expect(inBody.body.predictions[0].probabilities).toEqual(inAddress.body.predictions[0].probabilities);
    expect(Object.keys(inBody.body.predictions[0].probabilities)).toEqual(classes);

    const batch_id = '0199abcd-0000-7000-8000-000000000001';
    await outside.publish('request', { batch_id, subjects: ['a message'], features: [row] });
    expect((await get(`/batches/${batch_id}?wait=20`)).notes[0]).toMatchObject({ subject: 'a message' });
  });

  it.each(['POST /notes', 'POST /predict'])(
    'refuses what is no item by the name of the feature: %s',
    async route => {
      const [method = '', path = ''] = route.split(' ');
      const [feature] = dataSet.features;
      const wrong: Row = [true, ...row.slice(1)];
      const { status, body } = await ask(method, path, { subjects: ['a'], features: [wrong] });
      expect(status).toBe(400);
      expect(body.message).toContain(feature?.name);
    },
  );

  it('lets no misspelt name pass for a value that is missing', async () => {
    const last = dataSet.features.at(-1)?.column ?? '';
    const { [last]: value, ...others } = namedFromRow(dataSet, row);
    const misspelt = { ...others, [`${last}x`]: value };
    const query = new URLSearchParams(
      Object.entries(misspelt).map(([column, one]): [string, string] => [column, String(one)]),
    );
    const answers = [await ask('GET', `/predict?${query}`), await ask('POST', '/predict', misspelt)];
    const mayBeMissing = dataSet.features.at(-1)?.missing === true;
    for (const { status, body } of answers) {
      expect([status, body.field]).toEqual([400, mayBeMissing ? `${last}x` : last]);
      if (mayBeMissing) expect(body.message).toBe(`"${last}x" is not known here. Did you mean "${last}"?`);
    }
  });

  it('sends a message that is no item to dead-letter, with the feature', async () => {
    await outside.publish('request', {
      batch_id: '0199abcd-0000-7000-8000-000000000002',
      subjects: ['a'],
      features: [[...row.slice(0, -1), {}]],
    });
    const letter = await until('it is refused', () =>
      outside.deadLetters.find(({ attributes }) => attributes.dead_letter_function === 'prediction'),
    );
    expect(letter.attributes.dead_letter_reason).toContain(dataSet.features.at(-1)?.name);
  });

  it('learns what an item really is from a label, and from a wrong answer without one nothing', async () => {
    const before = (await get('/models')).live?.model_file_name;
    // One that is not in the file: there its own label could stand against what a person says.
    const unseen = row.map(value => (typeof value === 'number' ? value + 1 : value));
    const { batch_id, notes } = await predicted({
      subjects: ['told', 'only wrong'],
      features: [unseen, unseen],
    });
    const other = classes.find(one => one !== notes[0]?.prediction) ?? '';
    const ratings = {
      subjects: ['told', 'only wrong'],
      ratings: [0, 0],
      labels: [other, null],
      reviewer: 'Ada',
    };
    expect((await ask('PATCH', `/batches/${batch_id}`, ratings)).status).toBe(202);

    const receipts = await until('a training has settled the label', async () => {
      const { receipts: found } = await get(`/batches/${batch_id}/receipt`);
      return found.some(({ training_row }) => training_row?.role) && found;
    });
    const [told, onlyWrong] = receipts as [Receipt, Receipt];
    expect(told).toMatchObject({ rating: 0, true_label: other, training_row: { label: other } });
    expect(onlyWrong).toMatchObject({ rating: 0, true_label: null, training_row: null });
    expect((await get(`/batches/${batch_id}`)).notes[0]).toMatchObject({ true_label: other, rating: 0 });
    const newest = await until('a newer training is listed', async () => {
      const { models } = await get('/models');
      return models[0]?.model_file_name !== before && models[0];
    });
    expect(newest.report.classes).toEqual(classes);
  });

  it('refuses a class that there is not', async () => {
    const { batch_id } = await predicted({ subjects: ['a'], features: [row] });
    const ratings = { subjects: ['a'], ratings: [0], labels: ['Beluga'] };
    const { status, body } = await ask('PATCH', `/batches/${batch_id}`, ratings);
    expect([status, body.field]).toEqual([400, 'labels[0]']);
  });

  it('shows what there is to review, to try, and how it is spread', async () => {
    const { samples } = await get('/samples?count=5');
    expect(samples).toHaveLength(5);
    for (const { features, label } of samples) {
      expect(features).toHaveLength(dataSet.features.length);
      expect(classes).toContain(label);
    }
    expect((await get('/review')).notes.length).toBeGreaterThan(0);
    const { drift } = await get('/quality');
    expect(drift.map(one => one.name)).toEqual(
      expect.arrayContaining(dataSet.features.map(feature => feature.name)),
    );
  });

  it('begins where it ended, and keeps its data from another data set', async () => {
    const batches = (await get('/batches')).batches.length;
    await loop.stop();
    await expect(startLoop({ ...usual, folder })).rejects.toThrow(
      new RegExp(`holds the data set ${name}, and banknotes is to be served`),
    );
    loop = await startLoop({ ...usual, folder, dataSet: found });
    expect((await get('/batches')).batches).toHaveLength(batches);
  });

  it('follows a declaration that has changed: the model answers until there is one that knows the change', async () => {
    const before = (await get('/models')).models.map(({ model_file_name }) => model_file_name);
    await loop.stop();
    const changed = parseDeclaration(
      JSON.stringify({
        ...dataSet,
        features: [{ name: 'seen twice', kind: 'yes-no', missing: true }, ...dataSet.features],
        label: { ...dataSet.label, classes: ['none of these', ...dataSet.label.classes] },
      }),
      'changed',
    );
    loop = await startLoop({ ...usual, folder, dataSet: { ...found, dataSet: changed } });
    const now = ['none of these', ...classes];
    const answered = await predicted({ subjects: ['with more'], features: [[true, ...row]] });
    expect(answered.notes[0]).toMatchObject({ seen_twice: true });
    expect(answered.notes[0]?.probabilities?.[0]).toBe(0);
    expect(answered.notes[0]?.probabilities).toHaveLength(now.length);
    const made = await until('a model has been made for it', async () =>
      (await get('/models')).models.find(one => !before.includes(one.model_file_name)),
    );
    expect(made.report.classes).toEqual(now);
    expect(
      (await get('/queues')).queues.find(one => one.name === 'dead-letter')?.waiting,
    ).not.toBeGreaterThan(1);
  });
});

it('serves two data sets side by side', async () => {
  const folders = [makeTempFolder(), makeTempFolder()];
  const loops = await Promise.all(
    ['iris', 'wine'].map((name, i) =>
      startLoop({ ...usual, folder: folders[i] ?? '', dataSet: findDataSet(name) }),
    ),
  );
  try {
    const titles = await Promise.all(
      loops.map(
        async ({ url }) =>
          z.object({ title: z.string() }).parse(await (await fetch(`${url}/data-set`)).json()).title,
      ),
    );
    expect(titles).toEqual(['Irises', 'Wines']);
  } finally {
    for (const loop of loops) await loop.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});
