import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { type RecordedSpan, topics } from '@banknote-loop/shared/contract';
import { readSecret } from '@banknote-loop/shared/secrets';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import { Redis } from 'ioredis';

// One batch, followed from the request that brings it to the prediction by the model that has learned from it: by its
// spans, and by what the functions write.

const folder = makeTempFolder();
const subjects = ['Notenblatt-Zeugnis-4711', 'Notenblatt-Zeugnis-4712'];
const features = [
  [3.621598765, 8.666198765, -2.807398765, -0.446998765],
  [-1.397198765, 3.319198765, -1.392798765, -1.994898765],
];
const caller = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

interface Line {
  readonly function: string;
  readonly text: string;
}

const lines: Line[] = [];
const said: string[] = [];
let loop: Loop;
let outside: Outside;

beforeAll(async () => {
  loop = await startLoop({
    folder,
    port: 0,
    durable: false,
    observe: true,
    backoff: { minSeconds: 0.05, maxSeconds: 1 },
    given: { KEEP_UNRATED_DAYS: '30' },
    settings: { LOG_LEVEL: 'debug' },
    on: {
      log: (name, text) => lines.push({ function: name, text }),
      print: text => said.push(text),
    },
  });
  outside = new Outside(loop.environment);
});
afterAll(async () => {
  await loop.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(method: string, path: string, body: object, headers = {}): Promise<string> {
  const answer = await fetch(`${loop.url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(202);
  const { batch_id } = JSON.parse(await answer.text());
  return batch_id;
}

/** The spans of a batch, once these functions have handled it. */
function spansOf(batchId: string, ...handledBy: readonly string[]): Promise<readonly RecordedSpan[]> {
  return until(`${handledBy.join(' and ')} have spans`, async () => {
    const answer = await fetch(`${loop.url}/traces?correlation_id=${batchId}`);
    const { spans }: { readonly spans: readonly RecordedSpan[] } = JSON.parse(await answer.text());
    const handled = new Set(spans.filter(({ kind }) => kind === 'consumer').map(span => span.function));
    return handledBy.every(name => handled.has(name)) && spans;
  });
}

function find(spans: readonly RecordedSpan[], functionName: string, name: string): RecordedSpan {
  const found = spans.find(span => span.function === functionName && span.name === name);
  if (!found) throw new Error(`There is no span "${name}" of ${functionName}.`);
  return found;
}

/** Each of these spans is a part of the one before it. */
function expectChain(spans: readonly RecordedSpan[], ...chain: readonly (readonly [string, string])[]): void {
  const found = chain.map(([functionName, name]) => find(spans, functionName, name));
  expect(found.slice(1).map(({ parent_span_id }) => parent_span_id)).toEqual(
    found.slice(0, -1).map(({ span_id }) => span_id),
  );
  expect(new Set(found.map(({ trace_id }) => trace_id)).size).toBe(1);
}

function readPassword(): Promise<string> {
  const { PROJECT_ID = '', SECRET_MANAGER_EMULATOR_HOST } = loop.environment;
  return readSecret('db-pass', { PROJECT_ID, SECRET_MANAGER_EMULATOR_HOST });
}

let batchId: string;

it("is one trace from the request to what is stored, and part of its caller's", async () => {
  const traceparent = `00-${caller.traceId}-${caller.spanId}-01`;
  batchId = await send('POST', '/notes', { subjects, features }, { traceparent });
  const spans = await spansOf(batchId, 'prediction-to-db', 'prediction-to-cache');

  const serving = [
    ['ingest-api', 'POST /notes'],
    ['ingest-api', 'send request'],
    ['prediction', 'process request'],
    ['prediction', 'send prediction'],
  ] as const;
  expectChain(spans, ...serving, ['prediction-to-db', 'process prediction']);
  expectChain(spans, ...serving, ['prediction-to-cache', 'process prediction']);
  expect(find(spans, 'ingest-api', 'POST /notes')).toMatchObject({
    trace_id: caller.traceId,
    parent_span_id: caller.spanId,
  });
  expect(find(spans, 'prediction', 'process request').facts).toMatchObject({ 'banknote.notes': 2 });
});

let training: RecordedSpan;

it('goes on from the correction to the model that learned it', async () => {
  await send('PATCH', `/batches/${batchId}`, { subjects, ratings: [1, 1] });
  const spans = await spansOf(batchId, 'training-to-cache', 'training-to-db');

  const learning = [
    ['predict-api', 'PATCH /batches/{id}'],
    ['predict-api', 'send feedback'],
    ['feedback-to-db', 'process feedback'],
    ['feedback-to-db', 'send training'],
    ['feedback-to-training', 'process training'],
    ['feedback-to-training', 'send job'],
    ['training', 'process job'],
    ['training', 'send model'],
  ] as const;
  expectChain(spans, ...learning, ['training-to-db', 'process model']);
  expectChain(spans, ...learning, ['training-to-cache', 'process model']);
  training = find(spans, 'training', 'process job');
  expect(training.facts).toMatchObject({ 'banknote.promoted': true });
});

it('points to the one training in which several requests were merged', async () => {
  const again = { batch_id: batchId, subjects, ratings: [1, 1] };
  const attributes = { traceparent: '00-11111111111111111111111111111111-2222222222222222-01' };
  await outside.publish(topics.job.name, again, attributes);
  const merged = await until('the second request is merged', async () => {
    const spans = await spansOf(batchId, 'training');
    return spans.find(({ trace_id, kind }) => trace_id.startsWith('1111') && kind === 'consumer');
  });
  expect(merged.links).toEqual([{ trace_id: training.trace_id, span_id: training.span_id }]);
  expect(merged.facts).toMatchObject({ 'banknote.model': training.facts['banknote.model'] });
});

it('leads to the next prediction, by the model that has learned it', async () => {
  await until('the new model answers', async () => {
    const next = await send('POST', '/notes', { subjects: ['another'], features: [features[0]] });
    const spans = await spansOf(next, 'prediction');
    const { facts } = find(spans, 'prediction', 'process request');
    return facts['banknote.model'] === training.facts['banknote.model'];
  });
});

it("takes up a trace that Google's own client began", async () => {
  const request = {
    batch_id: '0198f0a0-0000-7000-8000-000000000001',
    subjects: ['theirs'],
    features: [features[0]],
  };
  const traceId = '99999999999999999999999999999999';
  await outside.publish(topics.request.name, request, {
    googclient_traceparent: `00-${traceId}-3333333333333333-01`,
  });
  const spans = await spansOf(request.batch_id, 'prediction-to-db');
  expect(new Set(spans.map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
});

it('is told in the log by every function, under one id', () => {
  const told = lines.flatMap(({ text }) => (text.includes(batchId) ? [JSON.parse(text)] : []));
  const done = told.filter(({ outcome, message }) => outcome === 'done' || message === 'answered');
  expect(new Set(done.map(line => line.function))).toEqual(new Set(loop.functions.keys()));
  for (const line of told) {
    expect(line).toMatchObject({
      severity: expect.stringMatching(/^(DEBUG|INFO|WARNING)$/),
      correlation_id: batchId,
      'logging.googleapis.com/trace': expect.stringMatching(
        /^projects\/banknote-loop\/traces\/[0-9a-f]{32}$/,
      ),
      'logging.googleapis.com/spanId': expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  }
  const [prediction] = done.filter(line => line.function === 'prediction');
  expect(prediction).toMatchObject({
    event_id: expect.any(String),
    'logging.googleapis.com/trace': `projects/banknote-loop/traces/${caller.traceId}`,
    attempt: 1,
    duration_seconds: expect.any(Number),
    age_seconds: expect.any(Number),
    notes: 2,
  });
});

it('never puts into the log what people send, or the password', async () => {
  const [first = ''] = subjects;
  const bad = [
    `{"batch_id": "${batchId}", "subjects": ["${first}"]`,
    { batch_id: batchId, subjects: [first], features: [[...(features[0] ?? []), features[1]?.[0]]] },
    { batch_id: first, subjects: [first], features },
  ];
  for (const one of bad)
    await outside.publish(topics.request.name, typeof one === 'string' ? Buffer.from(one) : one);
  await outside.publish(topics.feedback.name, {
    batch_id: batchId,
    subjects: [first, first],
    ratings: [0, 1],
  });
  await outside.publish(topics.feedback.name, {
    batch_id: batchId,
    subjects: [`${first}-unknown`],
    ratings: [0],
  });
  await until('all of it is refused', () => outside.deadLetters.length >= bad.length + 2);

  const secrets = [...subjects, ...features.flat().map(number => String(Math.abs(number)))];
  const leaks = lines.filter(({ text }) => secrets.some(secret => text.includes(secret)));
  expect(leaks).toEqual([]);
  const password = await readPassword();
  expect(lines.filter(({ text }) => text.includes(password))).toEqual([]);
});

it('is counted at /metrics', async () => {
  const expected = [
    'messaging_client_consumed_messages_total{function="prediction",outcome="done"}',
    'messaging_process_duration_seconds_count{function="training",outcome="done"}',
    'banknote_refusals_total{function="prediction"} 3',
    'banknote_trainings_total{promoted="true"}',
    'banknote_correction_to_live_seconds_count',
    'db_client_connection_count_count{function="prediction-to-db"}',
    'http_server_request_duration_seconds_count{function="ingest-api",method="POST",route="/notes",status="202"}',
  ];
  await until('all of it is counted', async () => {
    const text = await (await fetch(`${loop.url}/metrics`)).text();
    return expected.every(line => text.includes(line));
  });
});

it('loses one who rated it, by a command that says what goes, and of which models it was told', async () => {
  await send('PATCH', `/batches/${batchId}`, { subjects, ratings: [1, 1], reviewer: 'Lena' });
  await until('the rating is learned from', async () =>
    (await (await fetch(`${loop.url}/reviewers`)).text()).includes('"Lena"'),
  );
  const said = [`${subjects.length}  ratings are taken back`, 'Where a record stays, the name is person-'];
  const inOrder = new RegExp(said.join('[^]*'));
  for (const more of [['--dry-run'], []]) {
    expect(await runScript('people.ts', 'forget', 'Lena', ...more)).toEqual({
      code: 0,
      text: expect.stringMatching(inOrder),
    });
  }
  const exported = await runScript('people.ts', 'export', 'Lena');
  expect(JSON.parse(exported.text)).toMatchObject({ ratings: [], training_rows: [] });
  expect((await runScript('people.ts', 'list')).text).toMatch(/^person-\w{16} .* forgotten$/m);
  expect(await runScript('people.ts', 'forget')).toMatchObject({ code: 1 });
});

it('looks by itself for what has had its time', async () => {
  await until('it has looked', async () => said.some(line => line.includes('predictions of')));
  expect(said).toContain('0 predictions of 0 batches that nobody had rated are gone');
});

it('keeps what has not had its time', async () => {
  const keep = (days: string) => runScriptWith({ KEEP_UNRATED_DAYS: days, KEEP_ARCHIVE: 'on' }, 'keep.ts');
  expect(await keep('30')).toEqual({
    code: 0,
    text: '0 predictions of 0 batches that nobody had rated are gone\n',
  });
  expect(await keep('for a while')).toEqual({ code: 1, text: '' });
  expect((await runScript('keep.ts')).text).toBe('All is kept for ever.\n');
});

it('is found in order by the doctor, who also says what is not', async () => {
  await outside.close();
  await until('all is stored', () =>
    loop.services.pubsub?.stats().every(({ undelivered }) => undelivered === 0),
  );
  const healthy = await runScript('doctor.ts');
  expect(healthy).toMatchObject({ code: 0, text: expect.stringContaining('All is well.') });

  const redis = new Redis(Number(loop.environment.REDISPORT), loop.environment.REDISHOST ?? '');
  await redis.del('batches');
  await redis.quit();
  const ill = await runScript('doctor.ts');
  expect(ill.code).toBe(1);
  expect(ill.text).toMatch(/wrong Redis = PostgreSQL .*\n +Type npm run rebuild-cache\./);
});

function runScript(name: string, ...words: readonly string[]) {
  return runScriptWith({}, name, ...words);
}

async function runScriptWith(
  settings: Readonly<Record<string, string>>,
  name: string,
  ...words: readonly string[]
) {
  const script = spawn(process.execPath, [join(import.meta.dirname, '../scripts', name), ...words], {
    env: { PATH: process.env.PATH, NO_COLOR: '1', ...loop.environment, ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [text, [code]]: [string, unknown[]] = await Promise.all([
    textOf(script.stdout),
    once(script, 'exit'),
  ]);
  return { code, text };
}
