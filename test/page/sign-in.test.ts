import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort } from '@banknote-loop/local/ports';
import { topics } from '@banknote-loop/shared/contract';
import { aFeedback, aModel, until } from '@banknote-loop/testing';
import { listen } from '@banknote-loop/testing/http-server';
import { barriersOn } from '@banknote-loop/testing/page/browser';
import { describeWithBrowser, looks, type Visit, visitLoop } from '@banknote-loop/testing/page/visit';
import { goTo, submitSamples } from '@banknote-loop/testing/page/visitor';
import { startProvider, type TestProvider } from '@banknote-loop/testing/provider';
import { Outside } from '@banknote-loop/testing/traffic/outside';
import type { Page } from 'playwright-core';

// The page where people sign in: a real browser, a real provider, and the bundles that are deployed. The tests run in
// order on one loop; pictures stay in dist/page-test.

const pictures = join(import.meta.dirname, '../../dist/page-test');

describeWithBrowser('the page, where people sign in', () => {
  let provider: TestProvider;
  let visit: Visit;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const port = await findFreePort();
    provider = await startProvider(`http://127.0.0.1:${port}`);
    visit = await visitLoop({ port, given: provider.settings });
    ({ page } = visit);
  });

  afterAll(async () => {
    await visit?.close();
    await provider?.close();
  });

  afterEach(async () => {
    const { currentTestName = '' } = expect.getState();
    await page.screenshot({ path: join(pictures, `${currentTestName.replaceAll(/\W+/g, '-')}.png`) });
    // Of an answer of 401 a browser complains by itself; the page goes on from it.
    expect(visit.complaints.filter(text => !text.includes('401'))).toEqual([]);
  });

  const account = () => page.locator('.account');
  const views = () => page.locator('.top nav a').allTextContents();

  async function signIn(name: string, roles: string, seconds = ''): Promise<void> {
    await account().click();
    await page.getByRole('button', { name: 'Go and sign in' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Roles').fill(roles);
    await page.getByLabel('Seconds').fill(seconds);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Agree' }).click();
    await page.getByText(`${name}@example.com`).waitFor();
  }

  async function signOut(): Promise<void> {
    await account().click();
    await page.getByRole('button', { name: 'Sign out' }).click();
    // This provider asks whomever it knows, too.
    await page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
  }

  it('shows nobody more than the way in', async () => {
    await page.getByText('Sign in first.').waitFor();
    expect(await views()).toEqual([]);
    expect(await barriersOn(page)).toEqual([]);
  });

  it('takes in whom the provider knows, at the view where they were', async () => {
    await page.goto(`${visit.loop.url}/#/models`);
    await signIn('mira', 'reviewer');
    await page.getByRole('heading', { level: 1, name: 'Models' }).waitFor();
    expect(await account().textContent()).toBe('mira@example.comreviewer');
  });

  it('leaves no token where a script could read it', async () => {
    const readable = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
    );
    expect(readable).not.toMatch(/eyJ|session|token/);
    const cookies = await visit.browser.contexts()[0]?.cookies(visit.loop.url);
    expect(cookies?.find(({ name }) => name.startsWith('session'))).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
    });
  });

  it('shows what a reviewer may see, and says why the rest is out of reach', async () => {
    const seen = await views();
    expect(seen).toEqual(expect.arrayContaining(['Review', 'Models', 'Quality']));
    for (const view of ['Submit', 'Loop', 'Audit']) expect(seen).not.toContain(view);
    expect(await page.getByRole('button', { name: 'Roll back' }).isDisabled()).toBe(true);
    await page.getByText('This takes the role operator or administrator.').waitFor();
    await page.goto(`${visit.loop.url}/#/audit`);
    await page.getByText('This takes the role operator or administrator.').waitFor();
    await account().click();
    await page.getByText('decide which model answers, and what is learned').waitFor();
    expect(await barriersOn(page)).toEqual([]);
    await page.screenshot({ path: join(pictures, 'account.png') });
    await page.getByRole('button', { name: 'Close' }).click();
  });

  it('lets nobody in any more who has signed out', async () => {
    await signOut();
    expect(await views()).toEqual([]);
    expect(await page.evaluate(`fetch('/models').then(({ status }) => status)`)).toBe(401);
  });

  it('says who has no role that nothing is open to them yet', async () => {
    await signIn('newcomer', '');
    expect(await account().textContent()).toBe('newcomer@example.comno role');
    expect(await views()).toEqual([]);
    await signOut();
  });

  it('goes on by itself when the time of a session is over', async () => {
    await signIn('omar', 'administrator', '2');
    await submitSamples(page);
    const expired = `(async () => { while ((await fetch('/models')).status !== 401); })()`;
    await page.evaluate(expired);
    await goTo(page, 'Models');
    await page.getByText('answers', { exact: false }).first().waitFor();
    expect(await page.locator('dialog').count()).toBe(0);
  });

  it('rates in the name of whoever has signed in', async () => {
    await goTo(page, 'Review');
    await page.locator('.review-list li').nth(4).waitFor();
    const name = page.getByLabel('Your name');
    expect(await name.inputValue()).toBe('omar@example.com');
    expect(await name.isEditable()).toBe(false);
    for (const key of ['y', 's']) await page.keyboard.press(key);
    await page.locator('.receipt').first().waitFor();
  });

  it('shows who did what, narrowed down, and as a file', async () => {
    await goTo(page, 'Audit');
    await page.locator('.audit tbody tr').nth(2).waitFor();
    await page.getByLabel('Who', { exact: true }).fill('mira@example.com');
    await page.getByLabel('Did what').selectOption('signed out');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.locator('.audit tbody tr').first().waitFor();
    expect(await page.locator('.audit tbody th').allTextContents()).toEqual(['mira@example.com']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    expect(lines).toEqual([expect.stringContaining('who'), expect.stringContaining('sign-out')]);
    await page.getByRole('button', { name: 'All' }).click();
    await page.locator('.audit tbody tr').nth(2).waitFor();
  });

  it('does nothing for a page of another origin, not even one of the same machine', async () => {
    const posts = ['/decisions', '/session/end'].map(
      path =>
        `fetch('${visit.loop.url}${path}', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{}' })`,
    );
    const attack = `Promise.allSettled([${posts}]).then(() => { document.title = 'sent'; })`;
    const other = await listen((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<script>${attack}</script>`);
    });
    try {
      const theirs = await page.context().newPage();
      await theirs.goto(other.url);
      await theirs.waitForFunction(`document.title === 'sent'`);
      await theirs.close();
      // Refusals are written a second later; to ask for the session renews it, which here is over all the time.
      const refused = `(async () => {
        for (;;) {
          await fetch('/session');
          const { records = [] } = await (await fetch('/audit?action=refusal&target=403')).json();
          if (records.length > 0) return records[0];
        }
      })()`;
      expect(await page.evaluate(refused)).toMatchObject({
        times: 2,
        target: expect.stringContaining('403 POST'),
      });
      await page.reload();
      await page.getByText('omar@example.com').first().waitFor();
    } finally {
      await other.close();
    }
  });

  it('takes no word of a program that may merely publish for its own', async () => {
    const outside = new Outside(visit.loop.environment);
    try {
      const created = new Date().toISOString();
      const decision = { kind: 'pin', by: 'omar@example.com', why: 'It is the best.' } as const;
      await outside.publish(topics.model.name, aModel({ created, decision }));
      await outside.publish(topics.job.name, aFeedback());
      const refused = () =>
        outside.deadLetters.flatMap(
          ({ attributes: { dead_letter_reason: reason, dead_letter_function: name } }) =>
            reason?.startsWith('No program of this deployment has signed it') ? [name] : [],
        );
      await until('they are refused', () => refused().length === 3);
      expect(refused().toSorted()).toEqual(['training', 'training-to-cache', 'training-to-db']);
    } finally {
      await outside.close();
    }
  });

  it.each(looks)('keeps nobody out: %s', async (name, viewport, colorScheme) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    for (const view of ['Audit', 'Models']) {
      await goTo(page, view);
      await page.locator('.card').first().waitFor();
      expect({ view, barriers: await barriersOn(page) }).toEqual({ view, barriers: [] });
      const tooWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect({ view, tooWide }).toEqual({ view, tooWide: false });
      await page.screenshot({ path: join(pictures, `signed-in-${view}-${name.replaceAll(' ', '-')}.png`) });
    }
  });
});
