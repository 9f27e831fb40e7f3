import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logMetrics } from '@banknote-loop/shared/telemetry';
import { namesOf } from '../names.ts';
import { alertPolicy, alerts } from './alerts.ts';
import { dashboard } from './dashboard.ts';
import { builtInMetrics } from './metric-types.ts';

const banknotes = namesOf('banknotes');

it('names only metrics that exist', () => {
  const known = new Set([
    ...Object.keys(builtInMetrics),
    ...logMetrics.map(({ name }) => `logging.googleapis.com/user/${name}`),
  ]);
  const named = [dashboard(banknotes), ...alerts.map(alert => alertPolicy(banknotes, alert))].flatMap(
    content =>
      [...JSON.stringify(content).matchAll(/metric\.type = \\"([^"\\]+)\\"/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(alerts.length);
  expect(named.filter(name => name === undefined || !known.has(name))).toEqual([]);
});

it('shows every metric that is measured', () => {
  const shown = JSON.stringify(dashboard(banknotes));
  expect(logMetrics.filter(({ name }) => !shown.includes(`user/${name}\\"`)).map(({ name }) => name)).toEqual(
    [],
  );
});

const runbook = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

it('says in the runbook what to do about every alert', () => {
  const headings = new Set([...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
  expect(alerts.map(({ name }) => name).filter(name => !headings.has(name))).toEqual([]);
});

it('explains every metric in the runbook', () => {
  const rows = logMetrics.map(({ name, unit, meaning }) => `| \`${name}\` | ${unit} | ${meaning} |`);
  expect(rows.filter(row => !runbook.includes(row))).toEqual([]);
});
