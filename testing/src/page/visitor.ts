import type { Page } from 'playwright-core';

// What people do on the page, as they do it.

/** Draws samples of the data set, and waits for the answers. */
export async function submitSamples(page: Page): Promise<void> {
  await goTo(page, 'Submit');
  await page.getByText('Samples', { exact: true }).click();
  await page.getByRole('button', { name: 'Draw and ask' }).click();
  await page.locator('.answer-list li').nth(19).waitFor();
}

/** Goes to a view by its link. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('link', { name: view, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: view }).waitFor();
}

/** Marks the first notes with the keyboard alone, one of them wrong, saves, and waits for the receipt. */
export async function rateSomeNotes(page: Page): Promise<void> {
  await goTo(page, 'Review');
  await page.locator('.review-list li').nth(4).waitFor();
  await page.getByLabel('Your name').focus();
  await page.keyboard.type('Mira');
  await page.keyboard.press('Tab');
  for (const key of ['n', 'y', 'y', 's']) await page.keyboard.press(key);
  // The receipt of the wrong one is open; which of the three comes first depends on the notes that were drawn.
  await page.locator('.receipt details[open] .steps li.done').nth(2).waitFor();
}

/**
 * Corrects a note that is none of the bank's and falls among those that train, so that another model must follow: a
 * correction of a sample may fall on a note whose label the bank has the last word on.
 */
export async function correctOneThatTrains(url: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const note = { subjects: ['one that trains'], features: [[-1.4, -4.9, 6.5, 0.3]] };
  const accepted = await fetch(`${url}/notes`, { method: 'POST', headers, body: JSON.stringify(note) });
  const { batch_id } = (await accepted.json()) as { readonly batch_id: string };
  await fetch(`${url}/batches/${batch_id}?wait=10`);
  const rating = { subjects: note.subjects, ratings: [0], reviewer: 'Mira' };
  await fetch(`${url}/batches/${batch_id}`, { method: 'PATCH', headers, body: JSON.stringify(rating) });
}
