import type { Page } from 'playwright-core';

// What people do on the page, as they do it.

/** Draws samples of the data set, and waits for the answers. */
export async function submitSamples(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Submit' }).click();
  await page.getByText('Samples', { exact: true }).click();
  await page.getByRole('button', { name: 'Draw and ask' }).click();
  await page.locator('.answer-list li').nth(19).waitFor();
}

/** Marks the first notes with the keyboard alone, one of them wrong, and saves. */
export async function rateSomeNotes(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Review' }).click();
  await page.locator('.review-list li').nth(4).waitFor();
  await page.getByLabel('Your name').fill('Mira');
  await page.getByRole('heading', { name: 'Review' }).click();
  for (const key of ['n', 'y', 'y', 's']) await page.keyboard.press(key);
  await page.getByText('live', { exact: false }).first().waitFor();
  await page.locator('.receipt .steps li.done').nth(2).waitFor();
}
