import { readCommandLine } from '@banknote-loop/shared/base';
import { openBrowser, phone, wide } from '@banknote-loop/testing/page/browser';
import type { CDPSession, Page } from 'playwright-core';

// What `npm run page-speed` runs: how soon the page of a running loop (npm start) can be used on a slow phone, and what
// a frame of a moving map with fifty thousand items takes.

const usage = `npm run page-speed         how soon the page of a running loop (npm start) can be used, and how its map moves
  --url URL                where it is (http://127.0.0.1:8080)
  --visits N               so many first visits of a slow phone (9)`;

const { url, visits } = readCommandLine(usage, { url: 'http://127.0.0.1:8080', visits: 9 });

/** Says when the form is there, and the browser has nothing else to do before it takes what is typed. */
const whenUsable = `
  new MutationObserver((_, observer) => {
    if (!document.querySelector('form button.primary')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { usableAfter(performance.now()); }));
  }).observe(document, { childList: true, subtree: true });
`;

/** Times what scripts do in each frame: on a machine without a graphics card the rest says little of others. */
const timedFrames = `
  window.frames = [];
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = callback => request(time => {
    const began = performance.now();
    callback(time);
    window.frames.push({ at: began, ms: performance.now() - began });
  });
  const put = CanvasRenderingContext2D.prototype.putImageData;
  window.drawings = 0;
  CanvasRenderingContext2D.prototype.putImageData = function (...args) {
    window.drawings += 1;
    return put.apply(this, args);
  };
`;

const browser = await openBrowser();
try {
  await measureVisits();
  await measureMap(50_000);
  await measureReasons();
} finally {
  await browser.close();
}

/** The first visit of a phone with a quarter of this machine's speed, by 1.6 Mbit/s and 150 ms there and back. */
async function measureVisits(): Promise<void> {
  const times: number[] = [];
  for (let visit = 0; visit < visits; visit += 1) {
    const context = await browser.newContext({ viewport: phone, isMobile: true, hasTouch: true });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const throughput = 1.6e6 / 8;
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 150,
      downloadThroughput: throughput,
      uploadThroughput: throughput,
    });
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    const usable = Promise.withResolvers<number>();
    await page.exposeFunction('usableAfter', usable.resolve);
    await page.addInitScript(whenUsable);
    await page.goto(url, { waitUntil: 'commit' });
    times.push(await usable.promise);
    await context.close();
  }
  console.log(`first visit of a slow phone: the form takes input after ${spread(times, 'ms')}`);
}

async function measureMap(count: number): Promise<void> {
  const page = await browser.newPage({ viewport: wide });
  await page.addInitScript(timedFrames);
  await page.route('**/map?*', async route => {
    const response = await route.fetch();
    await route.fulfill({ response, json: grown(await response.json(), count) });
  });
  await page.goto(`${url}/#/map`);
  await page.locator(`canvas[data-items="${count}"]`).waitFor();
  const area = await page.locator('.map-picture').boundingBox();
  if (!area) throw new Error('The map is nowhere to be seen.');
  const metrics = await page.context().newCDPSession(page);
  await metrics.send('Performance.enable');
  const measured = { page, metrics };
  const [x, y] = [area.x + area.width / 2, area.y + area.height / 2];
  const to = async (atX: number, atY: number) => page.mouse.move(x + atX, y + atY, { steps: 60 });
  await page.mouse.move(x, y);
  await report(measured, 'pointed at', async () => {
    await to(200, 100);
    await to(-200, -100);
  });
  await page.locator('.map-picture').focus();
  await report(measured, 'zoomed', async () => {
    for (let step = 0; step < 6; step += 1) await page.keyboard.press('+');
    for (let step = 0; step < 4; step += 1) await page.keyboard.press('-');
  });
  await report(measured, 'dragged', async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (const [atX, atY] of [
      [300, 60],
      [-300, -60],
      [0, 0],
    ] as const)
      await to(atX, atY);
    await page.mouse.up();
  });
  // The page may be asking for the map again at this moment.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.close();
}

/** What it takes to say why, beyond the answer itself. */
async function measureReasons(): Promise<void> {
  const answer = await fetch(`${url}/samples?count=50`);
  const { samples } = (await answer.json()) as {
    readonly samples: readonly { readonly features: unknown[] }[];
  };
  const times: number[] = [];
  for (const { features } of samples) {
    const [plain, explained] = [await msFor(features, 'false'), await msFor(features, 'true')];
    times.push(explained - plain);
  }
  console.log(
    `why an answer is what it is, of ${samples[0]?.features.length} features: ${spread(times, 'ms')} more`,
  );
}

async function msFor(features: unknown, explain: 'true' | 'false'): Promise<number> {
  const began = performance.now();
  const answer = await fetch(`${url}/predict?record=false&explain=${explain}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subjects: ['one'], features: [features] }),
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`/predict answered ${answer.status}.`);
  return performance.now() - began;
}

async function report({ page, metrics }: Measured, what: string, move: () => Promise<void>): Promise<void> {
  const scriptTime = await scriptTimeOf(metrics);
  await page.evaluate('window.frames = []; window.drawings = 0');
  await move();
  await page.waitForTimeout(500);
  const frames: readonly { readonly ms: number }[] = await page.evaluate('window.frames');
  const drawings = await page.evaluate('window.drawings');
  const scripts = ((await scriptTimeOf(metrics)) - scriptTime) / Math.max(1, frames.length);
  const drawn = spread(
    frames.map(({ ms }) => ms),
    'ms',
  );
  console.log(
    `map of 50,000, ${what}: ${frames.length} frames, each drawn in ${drawn}; ` +
      `all scripts ${scripts.toFixed(1)} ms a frame; items drawn anew ${drawings} times`,
  );
}

interface Measured {
  readonly page: Page;
  readonly metrics: CDPSession;
}

/** In milliseconds, since the metrics were switched on. */
async function scriptTimeOf(session: CDPSession): Promise<number> {
  const { metrics } = await session.send('Performance.getMetrics');
  return 1_000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0);
}

interface MapItems {
  readonly items: {
    readonly x: number[];
    readonly y: number[];
    readonly classes: number[];
    readonly states: number[];
  };
}

/** As many items, each near one that there is. */
function grown<Body extends MapItems>(body: Body, count: number): Body {
  const { x, y, classes, states } = body.items;
  const more = Array.from({ length: count - x.length }, (_, i) => i % x.length);
  const near = (values: readonly number[]) => more.map(i => (values[i] ?? 0) + Math.random() - 0.5);
  const same = (values: readonly number[]) => more.map(i => values[i] ?? 0);
  return {
    ...body,
    items: {
      x: [...near(x), ...x],
      y: [...near(y), ...y],
      classes: [...same(classes), ...classes],
      states: [...more.map(() => 0), ...states],
    },
  };
}

function spread(values: readonly number[], unit: string): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1);
  return `${at(0.5)} ${unit} (${at(0)} to ${at(1)}, 95 % within ${at(0.95)})`;
}
