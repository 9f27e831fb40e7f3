import type { CostItem } from '@banknote-loop/shared/monitoring';
import type { Site } from '../site.ts';
import { floorOf, type Load, loadOf } from './estimate.ts';

/** The lines that `cost` prints. */
export function costLines(site: Site, load: Load): readonly string[] {
  const idle = floorOf(site);
  const used = loadOf(site, load);
  const all = [...idle, ...used];
  const { PROFILE, DEPLOY_AS } = site.settings;
  const sources = new Set(
    all.flatMap(({ prices }) =>
      prices.map(({ usd, per, source, asOf }) => `  ${usd} a ${per}: ${source} (${asOf})`),
    ),
  );
  const { notesPerSecond, notesPerBatch, openPages, pageHours } = load;
  return [
    `US dollars a month, ${PROFILE}, from ${DEPLOY_AS}, without tax, discounts and traffic to the internet.`,
    '',
    'Also when nothing comes in:',
    ...idle.map(line),
    total('idle', idle),
    '',
    `With ${notesPerSecond} notes a second in batches of ${notesPerBatch}${
      openPages > 0 ? `, and ${openPages} pages looked at for ${pageHours} hours` : ''
    }:`,
    ...used.map(line),
    total('together', all),
    '',
    'Prices:',
    ...sources,
  ];
}

function line({ name, amount, usd, prices }: CostItem): string {
  return `  ${name.padEnd(36)} ${amount.padStart(28)} ${(prices.length > 0 ? usd.toFixed(2) : '?').padStart(10)}`;
}

function total(name: string, items: readonly CostItem[]): string {
  const usd = items.reduce((sum, item) => sum + item.usd, 0);
  return `  ${name.padEnd(36)} ${''.padStart(28)} ${usd.toFixed(2).padStart(10)}`;
}
