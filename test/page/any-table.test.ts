import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import { exampleRow, writeItemsCsv } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import {
  barriersOn,
  browserPath,
  complaintsOf,
  openBrowser,
  phone,
  wide,
} from '@banknote-loop/testing/page/browser';
import { goTo, submitSamples } from '@banknote-loop/testing/page/visitor';
import { makeTempFolder } from '@banknote-loop/testing/temp-folder';
import type { Browser, Page } from 'playwright-core';

// The page of another table: three classes, categories, values that may be missing. What it asks, shows and says
// follows from the declaration. The tests run in order on one loop.

const folder = makeTempFolder();
const views = ['Submit', 'Review', 'Models', 'Loop', 'Quality'] as const;
const describeWithBrowser = browserPath ? describe : describe.skip;

describeWithBrowser('the page of another table', () => {
  let loop: Loop;
  let browser: Browser;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    const backoff = { minSeconds: 0.05, maxSeconds: 1 };
    const dataSet = findDataSet('penguins');
    [loop, browser] = await Promise.all([
      startLoop({ folder, dataSet, port: 0, durable: false, observe: false, backoff, given: {} }),
      openBrowser(),
    ]);
    const context = await browser.newContext({ viewport: wide, reducedMotion: 'reduce' });
    page = await context.newPage();
    complaints = complaintsOf(page);
    await page.goto(loop.url);
    await page.getByRole('button', { name: 'Got it' }).click();
  });

  afterAll(async () => {
    await browser?.close();
    await loop?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  afterEach(() => expect(complaints).toEqual([]));

  it('asks for each value as the declaration has it', async () => {
    expect(await page.title()).toBe('Submit · Palmer penguins');
    await page.getByLabel('Name', { exact: true }).fill('one of Anvers');
    await page.getByRole('combobox', { name: 'island', exact: true }).selectOption('another one …');
    await page.getByLabel('island, another one').fill('Anvers');
    await page.getByLabel('beak length').fill('');
    await page.getByRole('combobox', { name: 'sex' }).selectOption('missing');
    await page.getByRole('button', { name: 'Which species is it?' }).click();
    const answer = page.locator('.answer-list li', { hasText: 'one of Anvers' });
    await answer.locator('.rank').nth(2).waitFor();
  });

  it('lets a reviewer say what it is with one key, or by its first letters', async () => {
    await submitSamples(page);
    await goTo(page, 'Review');
    const rows = page.locator('.review-list li');
    await rows.nth(4).waitFor();
    const [first = ''] = await rows.locator('.prediction').allTextContents();
    const other = first.includes('Gentoo') ? 'Adelie' : 'Gentoo';
    await page.keyboard.press('n');
    await page.keyboard.type(other.slice(0, 2));
    await page.keyboard.press('Enter');
    expect(await rows.first().locator('select').inputValue()).toBe(other);
    await page.keyboard.press('y');
    const [, , third = ''] = await rows.locator('.prediction').allTextContents();
    await page.keyboard.press('2');
    const isRight = third.includes('Chinstrap');
    const said = isRight ? '.rate-right[aria-pressed="true"]' : 'select.chosen';
    await rows.nth(2).locator(said).waitFor();
    await page.keyboard.press('s');
    await page.locator('.receipt details[open]', { hasText: `, it is ${other}` }).waitFor();
  });

  it.each([
    ['wide and light', wide, 'light'],
    ['wide and dark', wide, 'dark'],
    ['on a phone', phone, 'light'],
  ] as const)('keeps nobody out: %s', async (_, viewport, colorScheme) => {
    const own = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
    const visited = await own.newPage();
    await visited.goto(loop.url);
    for (const view of views) {
      await goTo(visited, view);
      await visited.locator('.card').first().waitFor();
      expect({ view, barriers: await barriersOn(visited) }).toEqual({ view, barriers: [] });
      const tooWide = await visited.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect({ view, tooWide }).toEqual({ view, tooWide: false });
    }
    await own.close();
  });

  it('keeps a form of 61 values usable: groups, search, and a row that is pasted', async () => {
    const { dataSet } = findDataSet('digits');
    const { features } = dataSet;
    await page.route('**/data-set', route => route.fulfill({ json: dataSet }));
    await page.goto(loop.url);
    await page.reload();
    await page.locator('.field-group').nth(7).waitFor();
    expect(await page.locator('.field').count()).toBeLessThan(features.length / 2);

    const row = exampleRow(dataSet).with(-1, 15);
    await page.getByLabel('Paste a row').fill(writeItemsCsv(dataSet, [{ row }]));
    const last = page.getByLabel(features.at(-1)?.name ?? '', { exact: true });
    await page.getByLabel('Find a value').fill('PIXEL_7');
    expect(await last.inputValue()).toBe('15');
    await last.fill('');
    await page.getByLabel('Find a value').fill('');
    expect(await last.count()).toBe(0);
    await page.getByRole('button', { name: 'Which digit is it?' }).click();
    await page.getByText('pixel_7_7 is empty.').waitFor();
    expect(await last.evaluate('document.activeElement?.getAttribute("aria-invalid")')).toBe('true');
    expect(await barriersOn(page)).toEqual([]);
  });
});
