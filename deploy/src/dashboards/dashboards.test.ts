import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logMetrics } from '@banknote-loop/shared/telemetry';
import { makeInput } from '../input.ts';
import { namesOf } from '../names.ts';
import { testSite } from '../testing/site.ts';
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

it.each(['banknotes', 'iris'])('counts nothing of another loop in the project: %s', async dataSet => {
  const site = await testSite(`DATA_SET: ${dataSet}\n`);
  const { names, functions } = site;
  const services = functions.map(({ name }) => `"${name}"`).join(' OR ');
  for (const metric of logMetrics) {
    const text = await makeInput({ name: 'log-metric', args: [metric.name, dataSet] }, '');
    expect(JSON.parse(text).filter).toContain(` AND resource.labels.service_name=(${services})`);
  }
  const waits = filtersIn([dashboard(names), ...alerts.map(alert => alertPolicy(names, alert))]).filter(
    filter => filter.includes('pubsub_subscription'),
  );
  expect(waits).toHaveLength(4);
  const topicNames = ['request', 'prediction', 'feedback', 'training', 'job', 'model', 'dead-letter'];
  const topics = topicNames.map(name => `"${names.prefix}${name}"`).join(', ');
  for (const filter of waits)
    expect(filter).toContain(` AND metadata.system_labels.topic_id = one_of(${topics})`);
});

function filtersIn(content: unknown): string[] {
  const found: string[] = [];
  JSON.stringify(content, (key, value: unknown) => {
    if (key === 'filter' && typeof value === 'string') found.push(value);
    return value;
  });
  return found;
}

const runbook = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');

it('says in the runbook what to do about every alert', () => {
  const headings = new Set([...runbook.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading));
  expect(alerts.map(({ name }) => name).filter(name => !headings.has(name))).toEqual([]);
});

it('explains every metric in the runbook', () => {
  const rows = logMetrics.map(({ name, unit, meaning }) => `| \`${name}\` | ${unit} | ${meaning} |`);
  expect(rows.filter(row => !runbook.includes(row))).toEqual([]);
});
