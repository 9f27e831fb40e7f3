import { rmSync } from 'node:fs';
import { type Loop, startLoop } from '@banknote-loop/local/loop';
import type { FoundDataSet } from '@banknote-loop/shared/data-set/files';
import type { Browser, Page } from 'playwright-core';
import { makeTempFolder } from '../temp-folder.ts';
import { barriersOn, browserPath, complaintsOf, openBrowser, openWindow, phone, wide } from './browser.ts';
import { goTo } from './visitor.ts';

// A loop of its own, and a browser on its page, for tests that run in order.

/** Tests of the page, where there is a browser; who reads the output is told where there is none. */
export const describeWithBrowser = browserPath ? describe : describe.skip;
if (!browserPath) {
  process.stderr.write(
    'The tests of the page are skipped: no browser was found (Debian: apt install chromium).\n',
  );
}

export interface Visit {
  readonly loop: Loop;
  readonly browser: Browser;
  readonly page: Page;
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Starts a loop, and opens its page. */
export async function visitLoop({
  dataSet,
  observe = false,
  port = 0,
  given = {},
}: {
  readonly dataSet?: FoundDataSet;
  readonly observe?: boolean;
  /** Where the page is, if it matters. */
  readonly port?: number;
  /** Settings, as somebody has them in the environment. */
  readonly given?: Readonly<Record<string, string>>;
} = {}): Promise<Visit> {
  const folder = makeTempFolder();
  const backoff = { minSeconds: 0.05, maxSeconds: 1 };
  const usual = { folder, port, durable: false, backoff, given };
  const [loop, browser] = await Promise.all([
    startLoop({ ...usual, observe, ...(dataSet && { dataSet }) }),
    openBrowser(),
  ]);
  const page = await openWindow(browser, { viewport: wide, reducedMotion: 'reduce' });
  const complaints = complaintsOf(page);
  await page.goto(loop.url);
  const close = async () => {
    await browser.close();
    await loop.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { loop, browser, page, complaints, close };
}

const views = ['Submit', 'Review', 'Map', 'Models', 'Loop', 'Today', 'Quality'] as const;

type Look = readonly [name: string, viewport: typeof wide, colorScheme: 'light' | 'dark'];

/** The ways in which most people look at the page. */
export const looks: readonly Look[] = [
  ['wide and light', wide, 'light'],
  ['wide and dark', wide, 'dark'],
  ['on a phone', phone, 'light'],
];

/** The least and the most room there is; a window that is magnified to 200 % has half of its width left. */
export const rims: readonly Look[] = [
  ['320 wide and dark', { width: 320, height: 640 }, 'dark'],
  ['at 200 percent', { width: wide.width / 2, height: wide.height / 2 }, 'light'],
  ['2560 wide', { width: 2560, height: 1200 }, 'light'],
];

/** What of the tables that fit any screen would have to be scrolled to. */
const hiddenCells = `[...document.querySelectorAll('.scroll:has(> .stacks)')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .map(({ ariaLabel }) => ariaLabel)`;

/** Letters of drawings that have shrunk with them. */
const smallLetters = `[...document.querySelectorAll('figure svg text')]
  .filter(text => parseFloat(getComputedStyle(text).fontSize) * (text.getScreenCTM()?.a ?? 1) < 8)
  .map(({ textContent }) => textContent)`;

/** Looks at every view, and expects that it keeps nobody out and fits the screen. */
export async function expectNoBarriers(
  { browser, loop }: Visit,
  [, viewport, colorScheme]: Look,
  onView: (view: string, page: Page) => Promise<unknown> = async () => {},
): Promise<void> {
  const page = await openWindow(browser, { viewport, colorScheme, reducedMotion: 'reduce' });
  await page.goto(loop.url);
  for (const view of views) {
    await goTo(page, view);
    await page.locator('.card').first().waitFor();
    await page.locator('[aria-busy]').first().waitFor({ state: 'detached' });
    expect({ view, barriers: await barriersOn(page) }).toEqual({ view, barriers: [] });
    const tooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect({ view, tooWide }).toEqual({ view, tooWide: false });
    expect({ view, hidden: await page.evaluate(hiddenCells) }).toEqual({ view, hidden: [] });
    expect({ view, small: await page.evaluate(smallLetters) }).toEqual({ view, small: [] });
    await onView(view, page);
  }
  await page.context().close();
}
