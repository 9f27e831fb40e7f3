import { prices } from '@banknote-loop/shared/monitoring';
import { testSite } from '../testing/site.ts';
import { floorOf, type Load, loadOf } from './estimate.ts';
import { costLines } from './report.ts';

const totalOf = (items: readonly { readonly usd: number }[]): number =>
  items.reduce((sum, { usd }) => sum + usd, 0);
const load = (notesPerSecond: number, notesPerBatch = 1, openPages = 0, pageHours = 730): Load => ({
  notesPerSecond,
  notesPerBatch,
  openPages,
  pageHours,
});

it('adds up what is there for nobody’s sake', async () => {
  const site = await testSite('REDIS_TIER: basic\n');
  const byName = new Map(floorOf(site).map(({ name, usd }) => [name, usd]));
  expect(byName.get('Memorystore basic')).toBeCloseTo(730 * prices.redisBasic.usd);
  expect(byName.get('Cloud SQL db-g1-small, zonal')).toBeCloseTo(25.55);
  expect(byName.has('connector')).toBe(true);
});

it('counts two machines where there are two, and none that others pay for', async () => {
  const production = await testSite('PROFILE: production\n');
  const sql = floorOf(production).find(({ name }) => name.startsWith('Cloud SQL db-custom'));
  expect(sql?.usd).toBeCloseTo(197.25, 1);
  const theirs = await testSite('DBHOST: 10.0.0.1\nREDISHOST: 10.0.0.2\nDEPLOY_AS: images\n');
  expect(floorOf(theirs).map(({ name }) => name)).toEqual(['images, one of each']);
});

it('costs nothing more while nothing comes in, and never less with more', async () => {
  const site = await testSite();
  expect(totalOf(loadOf(site, load(0)))).toBe(0);
  const costs = [0.1, 1, 10, 100, 1_000, 10_000].map(notes => totalOf(loadOf(site, load(notes))));
  expect(costs).toEqual(costs.toSorted((a, b) => a - b));
});

it('is much less in batches', async () => {
  const site = await testSite();
  expect(totalOf(loadOf(site, load(1_000, 100)))).toBeLessThan(totalOf(loadOf(site, load(1_000))) / 5);
});

it('counts a page that is looked at as an instance that is always busy, for up to eighty of them', async () => {
  const site = await testSite();
  const withPages = (pages: number) => totalOf(loadOf(site, load(0, 1, pages)));
  expect(withPages(1)).toBeGreaterThan(50);
  expect(withPages(80)).toBe(withPages(1));
  expect(withPages(81)).toBeGreaterThan(withPages(80));
  // One that nobody sees costs nothing.
  const halfOfTheTime = totalOf(loadOf(site, load(0, 1, 1, 365)));
  expect(halfOfTheTime).toBeGreaterThan(0);
  expect(halfOfTheTime).toBeLessThan(withPages(1) / 2);
});

it('says what it knows no price of, and where the others are from', async () => {
  const lines = costLines(await testSite('DB_TIER: db-n1-standard-1\n'), load(1)).join('\n');
  expect(lines).toMatch(/db-n1-standard-1, zonal: no price is known here +\?/);
  expect(lines).toContain('cloud.google.com/run/pricing');
});

it('knows what the front door costs, idle and by request', async () => {
  const site = await testSite('DOMAIN: notes.example.com\n');
  const byName = (items: readonly { readonly name: string; readonly usd: number }[]) =>
    new Map(items.map(({ name, usd }) => [name, usd]));
  expect(byName(floorOf(site)).get('front door, Cloud Armor')).toBe(6);
  expect(byName(loadOf(site, load(1))).get('front door, requests')).toBeCloseTo(0.75 * 2.628);
  expect(costLines(site, load(1)).join('\n')).not.toContain('no price is known');
});
