import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { until } from '@banknote-loop/testing';
import { barriersOn, openWindow } from '@banknote-loop/testing/page/browser';
import {
  describeWithBrowser,
  expectNoBarriers,
  looks,
  rims,
  type Visit,
  visitLoop,
} from '@banknote-loop/testing/page/visit';
import {
  correctOneThatTrains,
  goTo,
  rateSomeNotes,
  submitSamples,
} from '@banknote-loop/testing/page/visitor';
import type { Page } from 'playwright-core';

// The page as people use it, in a real browser, on the bundles that are deployed. The tests run in order on one loop;
// pictures of what they saw stay in dist/page-test.

const root = join(import.meta.dirname, '../..');
const pictures = join(root, 'dist/page-test');

describeWithBrowser('the page', () => {
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    visit = await visitLoop({ observe: true });
    ({ page } = visit);
  });

  afterAll(() => visit?.close());

  /** What people have said of each item of a batch. */
  async function ratingsOf(batchId: string): Promise<ReadonlyMap<string, number | null>> {
    const { notes } = (await (await fetch(`${visit.loop.url}/batches/${batchId}`)).json()) as {
      notes: { subject: string; rating: number | null }[];
    };
    return new Map(notes.map(({ subject, rating }) => [subject, rating]));
  }

  afterEach(async () => {
    const { currentTestName = '' } = expect.getState();
    await page.screenshot({ path: join(pictures, `${currentTestName.replaceAll(/\W+/g, '-')}.png`) });
    expect(visit.complaints).toEqual([]);
  });

  it('explains itself at the first visit, and only then', async () => {
    const welcome = page.getByRole('heading', { name: 'A model that learns from you' });
    await welcome.waitFor();
    await page.getByRole('button', { name: 'Got it' }).click();
    await page.reload();
    await page.getByRole('heading', { name: 'Submit' }).waitFor();
    expect(await welcome.count()).toBe(0);
  });

  it('begins small: what the first visit loads is less than 60 kB on the wire', async () => {
    const first = await openWindow(visit.browser);
    await first.goto(visit.loop.url);
    await first.getByRole('button', { name: 'Is it real?' }).waitFor();
    const loaded: string[] = await first.evaluate(
      'performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname)',
    );
    await first.close();
    const assets = loaded.filter(path => path.startsWith('/assets/')).map(path => basename(path));
    expect(assets.length).toBeGreaterThan(2);
    expect(sizeOf(['index.html', ...assets])).toBeLessThan(60_000);
    // The other views come when somebody goes there.
    expect(assets.length).toBeLessThan(partsOfPage().length - 5);
  });

  it('listens only while somebody sees it', async () => {
    const seen = (state: 'hidden' | 'visible') =>
      page.evaluate(`
        Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    await page.locator('.connection.on').waitFor();
    const closed = page.waitForEvent('requestfailed', request => request.url().endsWith('/events'));
    await seen('hidden');
    await closed;
    await page.locator('.connection:not(.on)').waitFor();
    await seen('visible');
    await page.locator('.connection.on').waitFor();
  });

  it('answers a note that is typed', async () => {
    // Of a script that is written from right to left: what stands beside it keeps its place.
    await page.getByLabel('Name', { exact: true }).fill('שטר (5)');
    await page.getByRole('button', { name: 'Is it real?' }).click();
    await page.locator('.answer-list bdi', { hasText: 'שטר (5)' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill('the one I typed');
    await page.getByRole('button', { name: 'Is it real?' }).click();
    const answer = page.locator('.answer-list li', { hasText: 'the one I typed' });
    await answer.locator('.prediction.class-0').waitFor();
    expect(await answer.textContent()).toMatch(/%/);
  });

  it('says why it answered so: what each value adds or takes', async () => {
    const answer = page.locator('.answer-list li', { hasText: 'the one I typed' });
    await answer.getByText('Why?').click();
    await answer.locator('.reasons tbody tr').nth(3).waitFor();
    const [skewness = '', ...others] = await answer.locator('.reasons tbody tr').allTextContents();
    expect(others).toHaveLength(3);
    expect(skewness).toMatch(/[−+]\d+\.\d$/);
    expect(await barriersOn(page)).toEqual([]);
  });

  it('answers while values are moved, keeps none of it, and says what would turn the answer over', async () => {
    const before = await newestBatches(visit.loop.url);
    await page.getByRole('button', { name: 'What if?' }).click();
    const trial = page.locator('.trial');
    await trial.getByText('fake').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.locator('.nearest').getByText('it would be “real”').waitFor();
    await page.getByRole('button', { name: 'Try it' }).click();
    await trial.getByText('real').waitFor();
    await page.getByRole('button', { name: 'Try it' }).click();
    await trial.getByText('fake').waitFor();
    const skewness = page.getByLabel('skewness, to be moved');
    await skewness.focus();
    const value = await skewness.inputValue();
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByLabel('skewness', { exact: true }).inputValue()).not.toBe(value);
    await page.getByRole('button', { name: 'What if?' }).click();
    expect(await skewness.count()).toBe(0);
    expect(await newestBatches(visit.loop.url)).toEqual(before);
  });

  it('takes a spreadsheet, and says which lines cannot be used', async () => {
    await page.getByText('CSV', { exact: true }).click();
    const rows = Array.from({ length: 1_200 }, (_, i) => `row ${i},3.6,8.7,-2.8,-0.4`);
    const text = ['subject,variance,skewness,curtosis,entropy', 'bad,1,2,x,4', ...rows].join('\n');
    await page
      .getByLabel('or choose one')
      .setInputFiles({ name: 'notes.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByText('line 2: curtosis is "x", which is not a number.').waitFor();
    await page.getByRole('button', { name: 'Ask about 1,200 notes' }).click();
    await page.getByRole('status').filter({ hasText: '1,202 answers' }).waitFor();
  });

  it('asks about a large file piece by piece, and gives the answers as a file', async () => {
    const rows = Array.from(
      { length: 12_000 },
      (_, i) => `row ${i},3.6,8.7,${i === 7_000 ? 'x' : -2.8},-0.4`,
    );
    const text = ['subject,variance,skewness,curtosis,entropy', ...rows].join('\n');
    await page
      .getByLabel('or choose one')
      .setInputFiles({ name: 'all notes.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: 'Ask about all of it' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused.').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByText('Done. 11,999 notes answered.').waitFor();
    await page.getByText('1 line cannot be used').click();
    await page.getByText('line 7,002: curtosis is "x"').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '11,999 answers as CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toHaveLength(12_000);
    expect(new Set(lines.map(line => line.split(',')[0])).size).toBe(12_000);
    expect(lines[1]).toMatch(/^\d+,row \d+,fake,0\.\d+,/);
    await page.getByRole('button', { name: 'Another file' }).click();
  });

  it('draws samples, and shows what each of them really is', async () => {
    await submitSamples(page);
    await page.getByRole('status').filter({ hasText: 'right' }).waitFor();
  });

  it('lets a reviewer rate with the keyboard alone, and take a mark back', async () => {
    await goTo(page, 'Review');
    await page.locator('.review-list li').nth(4).waitFor();
    const pressed = page.locator('.review-list [aria-pressed="true"]');
    await page.keyboard.press('y');
    await page.keyboard.press('j');
    await page.keyboard.press('n');
    expect(await pressed.allTextContents()).toEqual([
      expect.stringMatching(/^right/),
      expect.stringMatching(/^wrong/),
    ]);
    await page.keyboard.press('u');
    await page.keyboard.press('k');
    await page.keyboard.press('k');
    expect(await pressed.count()).toBe(1);
    await page.keyboard.press('u');
    await page.getByText('least certain').click();
    await rateSomeNotes(page);
  });

  it('gives a receipt that tells what became of a correction', async () => {
    const receipt = page.locator('.receipt details[open]').first();
    await receipt.getByText(/^trained .+: (promoted|refused)$/).waitFor();
    await receipt.getByText('Now called').waitFor();
  });

  it('lets 200 be reviewed by keyboard alone, one key each, and any of it be taken back', async () => {
    const subjects = Array.from({ length: 200 }, (_, i) => `quick ${String(i).padStart(3, '0')}`);
    const body = { subjects, features: subjects.map((_, i) => [3.6 - i / 1000, 8.7, -2.8, -0.4]) };
    const { batch_id } = await post(`${visit.loop.url}/notes`, body);
    await fetch(`${visit.loop.url}/batches/${batch_id}?wait=20`);
    await goTo(page, 'Submit');
    await page.goto(`${visit.loop.url}/#/review`);
    const current = (subject: string) => page.locator('.review-list .current', { hasText: subject });
    await current('quick 000').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Review by keyboard' }).waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.keyboard.press('Escape');
    for (const subject of subjects) {
      await current(subject).waitFor();
      await page.keyboard.press('y');
    }
    await page.keyboard.press('s');
    await page.getByText(/^20[0-9] rated at this sitting/).waitFor();
    const rated = async () => [...(await ratingsOf(batch_id)).values()].filter(rating => rating === 1).length;
    await until('all of them are stored', async () => (await rated()) === 200);
    // What is saved can be taken back, too.
    await page.keyboard.press('u');
    await current('quick 199').waitFor();
    await until('the last one is open again', async () => (await rated()) === 199);
  });

  it('sends each rating once, however slowly the window draws', async () => {
    const subjects = Array.from({ length: 40 }, (_, i) => `slow ${i}`);
    const body = { subjects, features: subjects.map((_, i) => [3.6 - i / 100, 8.7, -2.8, -0.4]) };
    const { batch_id } = await post(`${visit.loop.url}/notes`, body);
    await fetch(`${visit.loop.url}/batches/${batch_id}?wait=20`);
    const slow = await openWindow(visit.browser);
    await slow.clock.install();
    await slow.goto(`${visit.loop.url}/#/review`);
    let sent = 0;
    slow.on('request', request => {
      if (request.method() === 'PATCH') sent += 1;
    });
    await slow.locator('.review-list .current').waitFor();
    // From here on nothing runs that waits for the next picture.
    await slow.clock.pauseAt(Date.now() + 60_000);
    for (let marked = 1; marked <= 25; marked += 1) {
      await slow.keyboard.press('y');
      await slow.getByText(new RegExp(`^${marked} rated at this sitting`)).waitFor();
    }
    await slow.keyboard.press('s');
    await slow.getByRole('button', { name: 'Save ratings' }).waitFor();
    await slow.getByText(/^25 rated at this sitting/).waitFor();
    expect(sent).toBe(1);
    await slow.context().close();
  });

  it('shows where notes lie and what the model says there, as a picture and as a table', async () => {
    await goTo(page, 'Map');
    const picture = page.locator('.map-picture');
    await page.locator('canvas[data-items]').waitFor();
    await page.getByLabel('From left to right').selectOption('variance');
    await page.getByLabel('From bottom to top').selectOption('skewness');
    await page.getByText('→ variance').waitFor();
    const before = await picture.screenshot();
    await picture.focus();
    await page.keyboard.press('+');
    await until('the map is nearer', async () => !(await picture.screenshot()).equals(before));
    // Once it is drawn as large as it is now, it is moved and pointed at without drawing any item again.
    const drawings = () => page.evaluate('window.drawings');
    await page.evaluate(`
      window.drawings = 0;
      const put = CanvasRenderingContext2D.prototype.putImageData;
      CanvasRenderingContext2D.prototype.putImageData = function (...all) {
        window.drawings += 1;
        put.apply(this, all);
      };
    `);
    await page.keyboard.press('+');
    await until('its items are drawn larger', async () => (await drawings()) !== 0);
    // A model that comes meanwhile has all of it drawn anew: so one move without that is enough.
    await until('the map is moved without drawing any item', async () => {
      const earlier = await picture.screenshot();
      await page.evaluate('window.drawings = 0');
      await page.keyboard.press('ArrowRight');
      await picture.hover();
      await page.evaluate('new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))');
      const hasMoved = !(await picture.screenshot()).equals(earlier);
      await page.keyboard.press('ArrowLeft');
      return hasMoved && (await drawings()) === 0;
    });
    await page.keyboard.press('0');
    await page.getByText('The same as a table').click();
    await page.locator('.map-table tbody button').first().click();
    await page.locator('.map-chosen bdi').first().waitFor();
    await page.getByRole('checkbox', { name: /^corrected/ }).uncheck();
    expect(await page.locator('.map-table td', { hasText: 'corrected' }).count()).toBe(0);
    expect(await barriersOn(page)).toEqual([]);
  });

  it('compares models, and says what a decision will do before it is made', async () => {
    await correctOneThatTrains(visit.loop.url);
    await goTo(page, 'Models');
    await page.locator('.compare .confusion').nth(1).waitFor();
    await page.getByLabel('Held against each other by').selectOption('accuracy');
    await page.getByText('Where do they differ?').click();
    await page.locator('.differences', { hasText: 'they answer' }).waitFor();
    await page.getByRole('button', { name: /^Pin/ }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('until somebody unpins it').waitFor();
    await dialog.getByLabel('Why').fill('to see that it holds');
    await dialog.getByRole('button', { name: 'Pin a model' }).click();
    await page.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('dialog').getByLabel('Why').fill('seen');
    await page.getByRole('dialog').getByRole('button', { name: 'Unpin' }).click();
    await page.getByText('Decided by people').waitFor();
    await page.getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('draws the loop, follows a batch, and replays a dead letter', async () => {
    const [batch] = await newestBatches(visit.loop.url);
    for (const subject of ['nobody of this name', 'nobody of that name']) {
      await fetch(`${visit.loop.url}/batches/${batch?.batch_id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ subjects: [subject], ratings: [1] }),
      });
    }
    await goTo(page, 'Loop');
    await page.locator('.map .node').nth(9).waitFor();
    await page.locator('.timeline li', { hasText: 'predicted' }).waitFor();
    const hops = page.locator('table.trace', { hasText: 'POST /notes' }).locator('tr');
    for (const [name, outcome] of [
      ['ingest-api', '202'],
      ['prediction process request', 'done'],
      ['prediction-to-cache', 'done'],
      ['prediction-to-db', 'done'],
    ] as const) {
      await hops.filter({ hasText: name }).getByText(outcome, { exact: true }).waitFor();
    }
    // Two of one cause are one, and go back together.
    const cause = page.locator('.dead-letters > li', { hasText: 'The batch has no subject named' });
    await page.getByText('has given up on 2 messages').waitFor();
    // Said of both, it names neither.
    await cause.locator('p bdi', { hasText: 'no subject named ….' }).waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await cause.getByRole('button', { name: /^Replay all 2/ }).click();
    await page.getByText('2 messages have been published again').waitFor();
  });

  it('shows the quality of what is answered', async () => {
    await goTo(page, 'Quality');
    await page.locator('.live-accuracy li').first().waitFor();
    await page.locator('.drift').nth(4).waitFor();
    const variance = page.locator('.drift', { hasText: 'variance' });
    await variance.locator('summary').click();
    await variance.getByRole('row').nth(10).waitFor();
    const shares = await variance.getByRole('row').last().getByRole('cell').allTextContents();
    expect(shares).toEqual([expect.stringMatching(/^\d+\.\d%$/), expect.stringMatching(/^\d+\.\d%$/)]);
    expect(await barriersOn(page)).toEqual([]);
  });

  it('has the numbers of the day on one screen, and on paper', async () => {
    await goTo(page, 'Today');
    const cards = page.locator('.day .card');
    await cards.nth(7).waitFor();
    await cards.filter({ hasText: 'Throughput' }).getByText('No trend yet').waitFor();
    expect(await cards.filter({ hasText: 'Throughput' }).locator('.big').textContent()).toMatch(
      /^\d\d,\d{3}$/,
    );
    await cards.filter({ hasText: 'this month' }).getByText(/^\$\d/).first().waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.top').isVisible()).toBe(false);
    expect(await cards.first().isVisible()).toBe(true);
    await page.emulateMedia({ media: 'screen' });
  });

  it('documents the API, and lets it be tried', async () => {
    await page.goto(`${visit.loop.url}/docs`);
    const operation = page.locator('.operation', { hasText: 'GET /samples' });
    await operation.locator('summary').click();
    await operation.getByLabel('count').fill('2');
    await operation.getByRole('button', { name: 'Send' }).click();
    await operation.getByText('200 OK').waitFor();
    expect(await barriersOn(page)).toEqual([]);
  });

  it.each([...looks, ...rims])(
    'keeps nobody out: %s',
    (...look) =>
      expectNoBarriers(visit, look, (view, seen) =>
        seen.screenshot({ path: join(pictures, `${view}-${look[0].replaceAll(' ', '-')}.png`) }),
      ),
    // Every view, one after another: on a busy machine that takes its time.
    180_000,
  );
});

it('stays small: all of the page together is less than 150 kB on the wire', () => {
  expect(partsOfPage().length).toBeGreaterThan(3);
  expect(sizeOf(partsOfPage())).toBeLessThan(150_000);
});

const built = join(root, 'dist/functions/predict-api/public');

function partsOfPage(): readonly string[] {
  return readdirSync(built).filter(name => /\.(js|css|html|svg)$/.test(name));
}

/** As they are sent. */
function sizeOf(files: readonly string[]): number {
  return files.reduce((sum, name) => sum + readFileSync(join(built, `${name}.br`)).length, 0);
}

async function post(url: string, body: object): Promise<{ readonly batch_id: string }> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return (await answer.json()) as { batch_id: string };
}

async function newestBatches(url: string): Promise<readonly { readonly batch_id: string }[]> {
  const answer = (await (await fetch(`${url}/batches?limit=1`)).json()) as {
    batches: { batch_id: string }[];
  };
  return answer.batches;
}
