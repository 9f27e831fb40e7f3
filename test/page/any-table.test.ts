import { exampleRow, writeItemsCsv } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { barriersOn, wide } from '@banknote-loop/testing/page/browser';
import {
  describeWithBrowser,
  expectNoBarriers,
  looks,
  type Visit,
  visitLoop,
} from '@banknote-loop/testing/page/visit';
import { goTo, submitSamples } from '@banknote-loop/testing/page/visitor';
import type { Page } from 'playwright-core';

// The page of another table: three classes, categories, values that may be missing. What it asks, shows and says
// follows from the declaration. The tests run in order on one loop.

const penguins = findDataSet('penguins');
const classes = penguins.dataSet.label.classes.map(({ name }) => name);

describeWithBrowser('the page of another table', () => {
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    // How good a model is, other tests say.
    visit = await visitLoop({ dataSet: penguins, given: { TRAIN_BUDGET_SECONDS: '2' } });
    ({ page } = visit);
    await page.getByRole('button', { name: 'Got it' }).click();
  });

  afterAll(() => visit?.close());

  afterEach(() => expect(visit.complaints).toEqual([]));

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

  it('says why, and what else it would be with another value', async () => {
    const answer = page.locator('.answer-list li', { hasText: 'one of Anvers' });
    await answer.getByText('Why?').click();
    await answer.locator('.reasons tbody tr', { hasText: 'Anvers' }).waitFor();
    await page.getByRole('button', { name: 'What if?' }).click();
    await page.locator('.trial .prediction').waitFor();
    await page.locator('.nearest, .what-if .muted').first().waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.getByRole('button', { name: 'What if?' }).click();
  });

  it('lets a reviewer say what it is with one key, or by its first letters', async () => {
    await submitSamples(page);
    await goTo(page, 'Review');
    const rows = page.locator('.review-list li');
    await rows.nth(4).waitFor();
    const [first = ''] = await rows.locator('.prediction').allTextContents();
    const called = classes.find(name => first.includes(name));
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
    await page
      .locator('.receipt details[open]', { hasText: `it is not ${called}, it is ${other}` })
      .waitFor();
  });

  it.each(looks)('keeps nobody out: %s', (...look) => expectNoBarriers(visit, look));

  it('keeps long names of classes, and such as are read from right to left, within the screen', async () => {
    const { dataSet } = penguins;
    const long = [
      'dew-covered meadow, north side',
      'Northern hairy-nosed wombat',
      'שם ארוך מאוד של מחלקה אחת',
    ];
    const label = { ...dataSet.label, classes: long.map(name => ({ name })) };
    await page.route('**/data-set', route => route.fulfill({ json: { ...dataSet, label } }));
    await page.setViewportSize({ width: 768, height: 900 });
    await page.goto(`${visit.loop.url}/#/review`);
    await page.reload();
    await page.locator('.class-key', { hasText: 'wombat' }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await page.unroute('**/data-set');
    await page.setViewportSize(wide);
  });

  it('keeps a form of 61 values usable: groups, search, and a row that is pasted', async () => {
    const { dataSet } = findDataSet('digits');
    const { features } = dataSet;
    await page.route('**/data-set', route => route.fulfill({ json: dataSet }));
    await page.goto(visit.loop.url);
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
