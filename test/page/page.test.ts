import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { barriersOn } from '@banknote-loop/testing/page/browser';
import {
  describeWithBrowser,
  expectNoBarriers,
  looks,
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

  it('answers a note that is typed', async () => {
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
    await page.getByRole('status').filter({ hasText: '1,201 answers' }).waitFor();
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

  it('compares models, and says what a decision will do before it is made', async () => {
    await correctOneThatTrains(visit.loop.url);
    await goTo(page, 'Models');
    await page.locator('.compare .confusion').nth(1).waitFor();
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
    await fetch(`${visit.loop.url}/batches/${batch?.batch_id}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ subjects: ['nobody of this name'], ratings: [1] }),
    });
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
    const letter = page.locator('.dead-letters li', { hasText: 'nobody of this name' });
    await letter.getByRole('button', { name: /^Replay/ }).click();
    await page.getByText('has been published again').waitFor();
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

  it('documents the API, and lets it be tried', async () => {
    await page.goto(`${visit.loop.url}/docs`);
    const operation = page.locator('.operation', { hasText: 'GET /samples' });
    await operation.locator('summary').click();
    await operation.getByLabel('count').fill('2');
    await operation.getByRole('button', { name: 'Send' }).click();
    await operation.getByText('200 OK').waitFor();
    expect(await barriersOn(page)).toEqual([]);
  });

  it.each(looks)('keeps nobody out: %s', (...look) =>
    expectNoBarriers(visit, look, (view, seen) =>
      seen.screenshot({ path: join(pictures, `${view}-${look[0].replaceAll(' ', '-')}.png`) }),
    ),
  );
});

it('stays small: all of the page together is less than 150 kB on the wire', () => {
  const built = join(root, 'dist/functions/predict-api/public');
  const sizes = readdirSync(built)
    .filter(name => /\.(js|css|html|svg)\.br$/.test(name))
    .map(name => readFileSync(join(built, name)).length);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
});

async function newestBatches(url: string): Promise<readonly { readonly batch_id: string }[]> {
  const answer = (await (await fetch(`${url}/batches?limit=1`)).json()) as {
    batches: { batch_id: string }[];
  };
  return answer.batches;
}
