import { type DataSet, perDataSet } from '@banknote-loop/shared/data-set';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { type HostileRequest, pushOf, soundMessages } from './requests.ts';

// The largest bodies that are read at all, each made to cost as much as it can.

const megabytes = 4_000_000;

/** A list of so many bytes that nothing takes for what it should be. */
function listOf(item: string): string {
  return `[${`${item},`.repeat(megabytes / (item.length + 1) - 50)}${item}]`;
}

const names = Array.from({ length: 150_000 }, (_, i) => `"name ${i}":${i}`).join();

function wrongItems({ features: [first] }: DataSet): string[] {
  return ['1', '2', '"x"', 'null', '""', '{}', '[[]]', `{"${first?.column}":1}`];
}

/** Texts of about 4 MB in place of each list of a message, and of the whole message. */
function heavyTexts(dataSet: DataSet, sound: object): string[] {
  const whole = [
    '['.repeat(megabytes),
    '{"a":'.repeat(megabytes / 5),
    listOf('1'),
    `{${names}}`,
    `"${'\\u0000'.repeat(megabytes / 6)}"`,
    '1'.repeat(megabytes),
    `${' '.repeat(megabytes)}x`,
  ];
  const lists = Object.keys(sound).flatMap(key =>
    wrongItems(dataSet).map(item =>
      JSON.stringify({ ...sound, [key]: null }).replace(`"${key}":null`, `"${key}":${listOf(item)}`),
    ),
  );
  const keys = Object.keys(sound).flatMap(key => [
    JSON.stringify({ ...sound, [key]: 'x'.repeat(megabytes) }),
    JSON.stringify({ ...sound, [key]: null }).replace(`"${key}":null`, `"${key}":{${names}}`),
  ]);
  const items = Array.from({ length: 40_000 }, (_, i) => `s${i}`);
  const many = { subjects: items.map(() => 's'), features: [], ratings: items.map((_, i) => i % 2) };
  return [...whole, ...lists, ...keys, JSON.stringify({ ...sound, ...many })];
}

const heavyCsv = perDataSet(({ features }) => {
  const header = features.map(({ column }) => column).join();
  const lines = (cells: number): string => {
    const line = `${Array.from({ length: cells }, (_, i) => i + 1).join()}\n`;
    return `${header}\n${line.repeat(megabytes / line.length)}`;
  };
  return [
    'x\n'.repeat(megabytes / 2),
    'a","\n'.repeat(megabytes / 5),
    ','.repeat(megabytes),
    `${'1,'.repeat(100_000)}"x"\n`.repeat(10),
    lines(features.length),
    lines(features.length - 1),
  ];
});

const calls: Readonly<Record<string, readonly (readonly [method: string, path: string])[]>> = {
  'ingest-api': [['POST', '/notes']],
  'predict-api': [
    ['POST', '/predict'],
    ['PATCH', '/batches/0e984725-c51c-4bf4-9960-e1c80e27aba0'],
    ['POST', '/decisions'],
  ],
};

/** The requests that cost a function the most. */
export function heavyRequests(dataSet: DataSet, definition: AnyFunction): readonly HostileRequest[] {
  if (definition.kind === 'event') {
    const sound = soundMessages(dataSet)[definition.on.name];
    return heavyTexts(dataSet, Object(sound)).map(text => pushOf(Buffer.from(text)));
  }
  return (calls[definition.name] ?? []).flatMap(([method, path]) => {
    const { feedback, request } = soundMessages(dataSet);
    const json = heavyTexts(dataSet, Object(method === 'PATCH' ? feedback : request)).map(text => ({
      type: 'application/json',
      text,
    }));
    const csv = path === '/notes' ? heavyCsv(dataSet).map(text => ({ type: 'text/csv', text })) : [];
    return [...json, ...csv].map(({ type, text }) => ({
      method,
      path,
      headers: { 'content-type': type },
      body: Buffer.from(text),
    }));
  });
}
