import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logMetrics } from '@banknote-loop/shared/telemetry';
import { alerts } from './dashboards/alerts.ts';
import { builtInMetrics } from './dashboards/metric-types.ts';
import { dashboardFolder, renderDashboards } from './dashboards.ts';

it('has written what is defined; otherwise run node scripts/dashboards.ts', () => {
  const found = readdirSync(dashboardFolder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.json'))
    .map(name => [name, JSON.parse(readFileSync(join(dashboardFolder, name), 'utf8'))] as const);
  expect(new Map(found)).toEqual(renderDashboards());
});

it('names only metrics that exist', () => {
  const known = new Set([
    ...Object.keys(builtInMetrics),
    ...logMetrics.map(({ name }) => `logging.googleapis.com/user/${name}`),
  ]);
  const named = [...renderDashboards().values()].flatMap(content =>
    [...JSON.stringify(content).matchAll(/metric\.type = \\"([^"\\]+)\\"/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(alerts.length);
  expect(named.filter(name => name === undefined || !known.has(name))).toEqual([]);
});

it('shows every metric that is measured', () => {
  const shown = JSON.stringify(renderDashboards().get('dashboard.json'));
  expect(logMetrics.filter(({ name }) => !shown.includes(`user/${name}\\"`)).map(({ name }) => name)).toEqual(
    [],
  );
});

const runbook = readFileSync(join(import.meta.dirname, '../docs/operations.md'), 'utf8');

it('says in the runbook what to do about every alert', () => {
  const headings = new Set([...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
  expect(alerts.map(({ name }) => name).filter(name => !headings.has(name))).toEqual([]);
});

it('explains every metric in the runbook', () => {
  const rows = logMetrics.map(({ name, unit, meaning }) => `| \`${name}\` | ${unit} | ${meaning} |`);
  expect(rows.filter(row => !runbook.includes(row))).toEqual([]);
});
