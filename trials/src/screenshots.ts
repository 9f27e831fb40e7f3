import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCommandLine } from '@banknote-loop/shared/base';
import { openBrowser, phone, wide } from '@banknote-loop/testing/page/browser';
import { rateSomeNotes, submitSamples } from '@banknote-loop/testing/page/visitor';
import type { Page } from 'playwright-core';

const usage = `npm run screenshots        pictures of each view of a running loop (npm start)
  --url URL                where it is (http://127.0.0.1:8080)
  --folder FOLDER          where they go (docs/images)`;

const { url, folder } = readCommandLine(usage, {
  url: 'http://127.0.0.1:8080',
  folder: join(import.meta.dirname, '../../docs/images'),
});

const views = ['submit', 'review', 'map', 'models', 'loop', 'day', 'quality'] as const;

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
try {
  await takeAll('light', wide, views);
  await takeAll('dark', wide, ['review', 'map', 'models', 'loop']);
  await takeAll('phone', phone, ['submit', 'review', 'map', 'loop']);
} finally {
  await browser.close();
}

async function takeAll(name: string, viewport: typeof wide, wanted: readonly string[]): Promise<void> {
  const context = await browser.newContext({
    viewport,
    colorScheme: name === 'dark' ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  await page.goto(url);
  if (name === 'light') {
    await submitSamples(page);
    await take(page, 'submit-light');
    await rateSomeNotes(page);
    await take(page, 'review-light');
  }
  for (const view of wanted.filter(one => name !== 'light' || !['submit', 'review'].includes(one))) {
    await page.goto(`${url}/#/${view === 'submit' ? '' : view}`);
    await page.getByText('live', { exact: true }).waitFor();
    await page.waitForLoadState('load');
    await page.locator('.card').first().waitFor();
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    await settle(page);
    await take(page, `${view}-${name}`);
  }
  await context.close();
}

/** The event stream never ends, so "no more requests" does not come: until nothing on the page has changed for a while. */
async function settle(page: Page): Promise<void> {
  let before = '';
  for (let now = await page.content(); now !== before; now = await page.content()) {
    before = now;
    await page.waitForTimeout(700);
  }
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`) });
  console.log(`${name}.png`);
}
