import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { until } from '@banknote-loop/shared/base';
import { sampleNotes } from '@banknote-loop/testing/data-sets';
import { treeModel } from '@banknote-loop/testing/onnx-models';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import { type DescribedApi, DocumentedApi } from './document.ts';

// The two APIs as they are deployed, on one origin. Every answer is held against the document that describes it.

const folder = makeTempFolder();
const json = { 'content-type': 'application/json' };
const features = sampleNotes;

let loop: Loop;
let api: DocumentedApi;
let document: DescribedApi;

beforeAll(async () => {
  const backoff = { minSeconds: 0.05, maxSeconds: 1 };
  loop = await startLoop({ folder, port: 0, durable: false, backoff, given: {} });
  document = (await (await fetch(`${loop.url}/openapi.json`)).json()) as DescribedApi;
  api = new DocumentedApi(loop.url, document);
});

afterAll(async () => {
  await loop.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Submitted {
  readonly batch_id: string;
}

async function submit(subjects: readonly string[], headers: Record<string, string> = {}): Promise<string> {
  const body = JSON.stringify({ subjects, features: features.slice(0, subjects.length) });
  const answer = await fetch(`${loop.url}/notes`, { method: 'POST', headers: { ...json, ...headers }, body });
  return ((await answer.json()) as Submitted).batch_id;
}

describe('what other services are asked for', () => {
  it('is answered: predictions of a CSV file, ratings with the batch in the body', async () => {
    const answer = await api.call('POST', '/predict', '/predict/', {
      headers: { 'content-type': 'text/csv' },
      body: 'entropy,variance,skewness,curtosis,subject\n-0.44699,3.6216,8.6661,-2.8073,from a sheet\n',
    });
    expect(answer).toMatchObject({ status: 200, json: { predictions: [{ subject: 'from a sheet' }] } });
    const { batch_id } = answer.json as Submitted;
    const rated = await api.call('POST', '/feedback', '/feedback', {
      headers: json,
      // As programs write ids that know no dashes.
      body: JSON.stringify({
        batch_id: batch_id.replaceAll('-', ''),
        subjects: ['from a sheet'],
        ratings: [1],
      }),
    });
    expect(rated).toMatchObject({ status: 202, json: { batch_id, ratings: [1] } });
    await until('the rating is stored', async () => {
      const { json } = await api.call('GET', '/batches/{id}', `/batches/${batch_id.toUpperCase()}`);
      return JSON.stringify(json).includes('"rating":1');
    });
  });

  it('is answered: a model from elsewhere is judged, and what is none is refused', async () => {
    const send = (body: Uint8Array) =>
      api.call('POST', '/models', '/models', {
        headers: { 'content-type': 'application/octet-stream' },
        body: Uint8Array.from(body),
      });
    expect(await send(Buffer.from('no model'))).toMatchObject({
      status: 400,
      json: { message: expect.stringContaining('no ONNX model') },
    });
    const accepted = await send(treeModel(4, 0, 0.5));
    expect(accepted).toMatchObject({ status: 202 });
    const { job_id } = accepted.json as { readonly job_id: string };
    await until('it has been judged', async () => {
      const { text } = await api.call('GET', '/models');
      return text.includes(job_id);
    });
    const { json: known } = await api.call('GET', '/models');
    await compares(known as ModelList, job_id);
    expect(known).toMatchObject({
      models: expect.arrayContaining([
        expect.objectContaining({
          job_id,
          promoted: false,
          report: expect.objectContaining({ backend: 'elsewhere' }),
        }),
      ]),
    });
  });
});

interface ModelList {
  readonly live: { readonly model_file_name: string };
  readonly models: readonly { readonly job_id: string; readonly model_file_name: string }[];
}

/** Holds the model of a job against the one that answers, item by item. */
async function compares({ live, models }: ModelList, job: string): Promise<void> {
  const name = models.find(({ job_id }) => job_id === job)?.model_file_name;
  const compare = (other: string) =>
    api.call('GET', '/models/{name}/comparison', `/models/${name}/comparison?with=${other}`);
  const { status, json: found } = await compare(live.model_file_name);
  const { rows, differ, items, sides } = found as {
    rows: number;
    differ: number;
    items: {
      features: number[];
      truth: string | null;
      first: { label: string };
      second: { label: string };
    }[];
    sides: Record<'first' | 'second', { correct: number }>;
  };
  expect(status).toBe(200);
  expect(rows).toBeGreaterThan(1_300);
  expect(differ).toBeGreaterThan(100);
  expect(items).toHaveLength(100);
  for (const { first, second } of items) expect(first.label).not.toBe(second.label);
  expect(sides.second.correct).toBeGreaterThan(sides.first.correct);
  expect(await compare('nobody')).toMatchObject({ status: 404 });
}

describe('notes', () => {
  it('are accepted with an id ordered by time, and a place to look for the result', async () => {
    const body = JSON.stringify({ subjects: ['a', 'b'], features });
    const answer = await api.call('POST', '/notes', '/notes', { headers: json, body });
    expect(answer).toMatchObject({
      status: 202,
      json: { batch_id: expect.stringMatching(/^.{14}7/), subjects: ['a', 'b'] },
    });
    const place = answer.headers.get('location') ?? '';
    const result = await api.call('GET', '/batches/{id}', `${place}?wait=10`);
    expect(result).toMatchObject({ status: 200, json: { notes: [{ subject: 'a' }, { subject: 'b' }] } });
  });

  it('are accepted as CSV', async () => {
    const body = 'entropy,variance,skewness,curtosis,subject\n-0.44699,3.6216,8.6661,-2.8073,from a sheet\n';
    const answer = await api.call('POST', '/notes', '/notes', {
      headers: { 'content-type': 'text/csv' },
      body,
    });
    expect(answer).toMatchObject({ status: 202, json: { subjects: ['from a sheet'] } });
  });

  it('are one batch, however often they are sent with the same key', async () => {
    const key = { 'idempotency-key': 'only once' };
    const [first, second, other] = [
      await submit(['a'], key),
      await submit(['a'], key),
      await submit(['b'], key),
    ];
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('say where they are wrong', async () => {
    const body = JSON.stringify({ subjects: ['a', 'b'], features: [features[0], [1, 2, 3]] });
    const answer = await api.call('POST', '/notes', '/notes', { headers: json, body });
    expect(answer).toMatchObject({ status: 400, json: { field: 'features[1]' } });
  });
});

describe('batches', () => {
  it('are listed page by page, without gaps or repeats', async () => {
    for (const name of ['p', 'q', 'r']) await fetch(`${loop.url}/batches/${await submit([name])}?wait=10`);
    const ids: string[] = [];
    let cursor = '';
    do {
      const query = cursor ? `?limit=2&cursor=${cursor}` : '?limit=2';
      const { json } = await api.call('GET', '/batches', `/batches${query}`);
      const page = json as { batches: Submitted[]; next: string | null };
      ids.push(...page.batches.map(({ batch_id }) => batch_id));
      cursor = page.next ?? '';
    } while (cursor);
    expect(ids.length).toBeGreaterThan(4);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refuses a cursor of nobody', async () => {
    expect(await api.call('GET', '/batches', '/batches?cursor=x')).toMatchObject({
      status: 400,
      json: { field: 'cursor' },
    });
  });

  it('are not found before they are there, and waited for if wished', async () => {
    const unknown = '01a1fb17-47a3-71ba-886c-d99ca2690465';
    expect((await api.call('GET', '/batches/{id}', `/batches/${unknown}?wait=0.1`)).status).toBe(404);
    expect((await api.call('GET', '/batches/{id}', '/batches/x')).status).toBe(400);
  });

  it('are rated, and the receipt tells what became of it', async () => {
    const id = await submit(['to be rated']);
    await fetch(`${loop.url}/batches/${id}?wait=10`);
    const body = JSON.stringify({ subjects: ['to be rated'], ratings: [0], reviewer: 'Mira' });
    const rated = await api.call('PATCH', '/batches/{id}', `/batches/${id}`, { headers: json, body });
    expect(rated).toMatchObject({ status: 202, json: { batch_id: id, ratings: [0] } });
    await until('the rating has been settled by a training', async () => {
      const { json } = await api.call('GET', '/batches/{id}/receipt', `/batches/${id}/receipt`);
      const { receipts } = json as { receipts: { job_id: string | null }[] };
      return receipts[0]?.job_id;
    });
  });
});

interface Explained {
  readonly base: number;
  readonly contributions: Readonly<Record<string, number>>;
  readonly score: number;
}

describe('immediate predictions', () => {
  it('take measurements by name, in any order, and are kept like any other', async () => {
    const query = 'entropy=-0.44699&skewness=8.6661&variance=3.6216&curtosis=-2.8073';
    const byAddress = await api.call('GET', '/predict', `/predict?${query}`);
    const one = { curtosis: -2.8073, variance: 3.6216, entropy: -0.44699, skewness: 8.6661 };
    const byBody = await api.call('POST', '/predict', '/predict', {
      headers: json,
      body: JSON.stringify(one),
    });
    const many = { subjects: ['a', 'b'], features };
    const batch = await api.call('POST', '/predict', '/predict', {
      headers: json,
      body: JSON.stringify(many),
    });
    type Predicted = Submitted & { readonly predictions: readonly object[] };
    const [first, second, third] = [
      byAddress.json as Predicted,
      byBody.json as Predicted,
      batch.json as Predicted,
    ];
    expect(second.predictions).toEqual(first.predictions);
    expect(third.predictions).toMatchObject([{ subject: 'a' }, { subject: 'b' }]);
    const kept = await api.call('GET', '/batches/{id}', `/batches/${first.batch_id}?wait=10`);
    expect(kept.status).toBe(200);
    const subject = (kept.json as { readonly notes: readonly { subject: string }[] }).notes[0]?.subject ?? '';
    const asked = await api.call('GET', '/predict', `/predict?${query}&explain=true&record=false`);
    const { predictions, batch_id } = asked.json as Predicted & { predictions: readonly Explained[] };
    const stored = await api.call(
      'GET',
      '/batches/{id}/explanation',
      `/batches/${first.batch_id}/explanation?subject=${subject}`,
    );
    const [{ base, contributions, score } = { base: 0, contributions: {}, score: -1 }] = predictions;
    expect(Object.values(contributions).reduce((sum, one) => sum + one, base)).toBeCloseTo(score, 12);
    expect(stored).toMatchObject({ status: 200, json: { base, contributions, explains: 'real' } });
    expect((await api.call('GET', '/batches/{id}', `/batches/${batch_id}?wait=0.1`)).status).toBe(404);
  });

  it('say which measurement is missing', async () => {
    const answer = await api.call('GET', '/predict', '/predict?variance=1&skewness=&curtosis=1&entropy=1');
    expect(answer).toMatchObject({ status: 400, json: { field: 'skewness' } });
    const body = '{"variance": 1, "skewness": 1, "curtosis": "x", "entropy": 1}';
    expect(await api.call('POST', '/predict', '/predict', { headers: json, body })).toMatchObject({
      status: 400,
      json: { field: 'curtosis' },
    });
  });
});

it('tells what happens as it happens', async () => {
  const stop = new AbortController();
  const answer = await fetch(`${loop.url}/events`, { signal: stop.signal });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const heard: string[] = [];
  const listening = (async () => {
    for await (const part of answer.body ?? []) heard.push(Buffer.from(part).toString());
  })().catch(() => {});
  await until('the desk tells of a batch', async () => {
    await submit(['news']);
    return heard.join('').includes('event: batch\n');
  });
  stop.abort();
  await listening;
});

describe('dead letters', () => {
  it('are listed with the reason, and replayed', async () => {
    const id = await submit(['known']);
    await fetch(`${loop.url}/batches/${id}?wait=10`);
    const body = JSON.stringify({ subjects: ['unknown'], ratings: [1] });
    await fetch(`${loop.url}/batches/${id}`, { method: 'PATCH', headers: json, body });
    const letter = await until('the rating of an unknown note is refused', async () => {
      const { json } = await api.call('GET', '/dead-letters');
      const { dead_letters } = json as { dead_letters: { id: string; reason: string }[] };
      return dead_letters[0];
    });
    expect(letter.reason).toContain('unknown');
    const address = `/dead-letters/${letter.id}/replay`;
    expect((await api.call('POST', '/dead-letters/{id}/replay', address)).status).toBe(200);
    expect((await api.call('POST', '/dead-letters/{id}/replay', address)).status).toBe(404);
    const again = await until('it is refused again', async () => {
      const { json } = await api.call('GET', '/dead-letters');
      return (json as { dead_letters: { id: string }[] }).dead_letters[0]?.id;
    });
    const replayed = await api.call('POST', '/dead-letters/replay', '/dead-letters/replay', {
      headers: json,
      body: JSON.stringify({ ids: [again, 'one that is gone'] }),
    });
    expect(replayed.json).toEqual({ replayed: 1 });
  });
});

it('lays out all that is known, by two features or by all of them', async () => {
  interface Found {
    readonly x: { readonly column: string | null };
    readonly items: Readonly<Record<'x' | 'y' | 'classes' | 'states', readonly number[]>>;
    readonly named: readonly unknown[];
    readonly live: { readonly classes: readonly number[] };
  }
  for (const query of ['', '?x=variance&y=entropy']) {
    const { json: answer } = await api.call('GET', '/map', `/map${query}`);
    const { x, items, named, live } = answer as Found;
    expect(x.column).toBe(query === '' ? null : 'variance');
    expect(items.x.length).toBeGreaterThan(1_300);
    for (const list of [items.y, items.classes, items.states]) expect(list).toHaveLength(items.x.length);
    expect(items.states.filter(state => state > 0)).toHaveLength(named.length);
    expect(new Set(live.classes)).toEqual(new Set([0, 1]));
  }
  expect(await api.call('GET', '/map', '/map?x=variance')).toMatchObject({
    status: 400,
    json: { field: 'y' },
  });
});

it('shows no two reviewers the same item', async () => {
  const subjects = ['of one', 'of the other'];
  await fetch(`${loop.url}/batches/${await submit(subjects)}?wait=10`);
  const lease = async (holder: string, wishes: object = {}) => {
    const body = JSON.stringify({ holder, since: new Date(0).toISOString(), ...wishes });
    const { json: answer } = await api.call('POST', '/review/leases', '/review/leases', {
      headers: json,
      body,
    });
    return answer as { notes: { batch_id: string; subject: string }[]; left: number };
  };
  const [first] = (await lease('the first window', { count: 1 })).notes;
  const second = await lease('the second window', { count: 200, order: 'valuable' });
  expect(second.notes).toHaveLength(second.left - 1);
  expect(second.notes).not.toContainEqual(first);
  const back = second.notes.map(({ batch_id, subject }) => ({ batch_id, subject }));
  await lease('the second window', { count: 0, hand_back: back });
  expect((await lease('the third window', { count: 200 })).notes).toHaveLength(second.notes.length);
});

it('lets a person decide which model answers', async () => {
  const { json: listed } = await api.call('GET', '/models');
  const { live } = listed as { live: { model_file_name: string } };
  await api.call('GET', '/models/{name}', `/models/${live.model_file_name}`);
  const decide = (kind: string) =>
    api.call('POST', '/decisions', '/decisions', {
      headers: json,
      body: JSON.stringify({ kind, by: 'Mira', why: 'to see that it holds' }),
    });
  expect((await decide('pin')).status).toBe(202);
  expect((await decide('rollback')).status).toBe(409);
  expect((await decide('unpin')).status).toBe(202);
  expect((await decide('unpin')).status).toBe(409);
  const unknown = {
    kind: 'promotion',
    model_file_name: 'nobody.json',
    by: 'Mira',
    why: 'to see what is said',
  };
  const init = { headers: json, body: JSON.stringify(unknown) };
  expect((await api.call('POST', '/decisions', '/decisions', init)).status).toBe(404);
});

it('lets a person decide whether a label is learned from', async () => {
  const id = await submit(['doubted']);
  await fetch(`${loop.url}/batches/${id}?wait=10`);
  const rating = JSON.stringify({ subjects: ['doubted'], ratings: [1] });
  await fetch(`${loop.url}/batches/${id}`, { method: 'PATCH', headers: json, body: rating });
  const decide = (subject: string) => {
    const content = { batch_id: id, subject, learn: false, by: 'Mira', why: 'to see that it is set aside' };
    return api.call('POST', '/labels', '/labels', { headers: json, body: JSON.stringify(content) });
  };
  await until('the label is there to be decided on', async () => (await decide('doubted')).status === 202);
  expect((await decide('nobody')).status).toBe(404);
  expect((await api.call('GET', '/reviewers')).json).toMatchObject({ set_aside: 1 });
});

it('hands out what is kept of a person, and forgets the person', async () => {
  // Of a note that nobody else has rated: whoever agrees with another is named in the other's row, too.
  const id = await submit(['not hers', 'hers']);
  await fetch(`${loop.url}/batches/${id}?wait=10`);
  const rating = JSON.stringify({ subjects: ['hers'], ratings: [0], reviewer: 'Lena' });
  await fetch(`${loop.url}/batches/${id}`, { method: 'PATCH', headers: json, body: rating });
  const reviewers = async () => {
    const { reviewers } = (await api.call('GET', '/reviewers')).json as { reviewers: { reviewer: string }[] };
    return reviewers.map(({ reviewer }) => reviewer);
  };
  await until('the rating is learned from', async () => (await reviewers()).includes('Lena'));
  const ask = (path: string, more = {}) =>
    api.call('POST', path, path, { headers: json, body: JSON.stringify({ person: 'Lena', ...more }) });
  expect((await ask('/people/export')).json).toMatchObject({
    ratings: [{ batch_id: id, subject_id: 'hers', reviewer: 'Lena' }],
    training_rows: [{ batch_id: id }],
  });
  const found = { ratings: 1, training_rows: 1 };
  expect((await ask('/people/forget', { dry_run: true })).json).toMatchObject({ found });
  expect(await reviewers()).toContain('Lena');
  expect((await ask('/people/forget')).json).toMatchObject({ found, retraining: true });
  expect(await reviewers()).not.toContain('Lena');
  expect((await ask('/people/export')).json).toMatchObject({ ratings: [], training_rows: [], decisions: [] });
});

it('signs nobody in where nobody can, and says that everybody may do everything', async () => {
  expect((await api.call('GET', '/session')).json).toMatchObject({
    sign_in: 'none',
    principal: null,
    scopes: expect.arrayContaining(['models:manage']),
    lacking: [],
  });
  for (const path of ['/session/begin', '/session/end']) {
    expect((await api.call('POST', path, path, { headers: json, body: '{}' })).status).toBe(404);
  }
});

describe('the page', () => {
  it('is never out of date, and its parts are kept for ever', async () => {
    const page = await api.call('GET', '/');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const again = await fetch(loop.url, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const [, script = ''] = /src="([^"]+)"/.exec(page.text) ?? [];
    const part = await api.call('GET', '/assets/{name}', script);
    expect(part.headers.get('cache-control')).toContain('immutable');
    const samePage = await api.call('GET', '/assets/{name}', '/assets/index.html');
    expect(samePage.headers.get('cache-control')).toBe('no-cache');
    expect((await api.call('GET', '/assets/{name}', '/assets/..%2Findex.js')).status).toBe(404);
  });

  it('has nothing in its markup that a browser would have to run', async () => {
    const { text } = await api.call('GET', '/');
    expect(text).not.toMatch(/<script>|<style|\son\w+=|style=/);
  });
});

it('answers every operation that the document describes as the document says', async () => {
  expect(document.openapi).toBe('3.1.0');
  for (const path of [
    '/data-set',
    '/review',
    '/samples',
    '/jobs',
    '/decisions',
    '/day',
    '/quality',
    '/trends',
    '/queues',
    '/topology',
    '/audit',
    '/docs',
  ]) {
    expect((await api.call('GET', path)).status).toBe(200);
  }
  const { status } = await api.call('GET', '/traces', `/traces?correlation_id=${randomUUID()}`);
  expect(status).toBe(200);
  for (const path of ['/openapi.json', '/healthz', '/readyz', '/metrics', '/audit/export']) {
    expect((await api.call('GET', path)).status).toBe(200);
  }
  // An event stream has no end that a call could wait for; it has a test of its own, and so has signing in.
  expect(api.uncalled()).toEqual([
    'POST /session/begin',
    'GET /session/return',
    'POST /session/end',
    'GET /session/leave',
    'GET /events',
  ]);
});

it('gives Prometheus the requests, the model and the queues', async () => {
  const { text } = await api.call('GET', '/metrics');
  expect(text).toMatch(/^banknote_model_info\{model="model-.+"\} 1$/m);
  expect(text).toMatch(/^banknote_model_age_seconds [\d.]+$/m);
  expect(text).toMatch(/^banknote_queue_messages\{function="prediction"\} \d+$/m);
  expect(text).toMatch(/^banknote_dead_letters \d+$/m);
});
