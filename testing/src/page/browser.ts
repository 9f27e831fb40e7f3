import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a browser is on this machine; nothing if there is none. */
export const browserPath = places.find(place => existsSync(place));

/** Starts a browser that talks to nobody but the page. */
export function openBrowser(): Promise<Browser> {
  if (!browserPath) throw new Error(`No browser was found: looked for ${places.join(', ')}.`);
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A window of its own, with the patience that a busy machine needs. */
export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(90_000);
  return context.newPage();
}

export const wide = { width: 1200, height: 900 };
export const phone = { width: 375, height: 760 };

/** Whatever the page complains of on its console, or throws. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', error => complaints.push(error.message));
  return complaints;
}

const axe = readFileSync(createRequire(import.meta.filename).resolve('axe-core/axe.min.js'), 'utf8');

/** What a page has in it that keeps somebody out, each as a line. */
export async function barriersOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  // The rules of WCAG 2.2 are there, and not switched on by themselves. What is in order is not described: of a long list
  // that would take longer than looking at it.
  const { violations }: AxeResults = await page.evaluate(
    'axe.run({ rules: { "target-size": { enabled: true } }, resultTypes: ["violations"] })',
  );
  return violations.map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`,
  );
}
