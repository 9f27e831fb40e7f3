import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTopology } from '../../functions/topology.ts';
import { settingsFrom } from './given-settings.ts';

const resources = join(import.meta.dirname, '../../shared/src/resources');

/** Every variable that the library's settings name. */
const named = globSync('*settings.ts', { cwd: resources }).flatMap(file =>
  [...readFileSync(join(resources, file), 'utf8').matchAll(/^\s+([A-Z][A-Z_]+): /gm)].map(
    ([, name = '']) => name,
  ),
);

it('hands on every variable that the settings of a function name, and no others', async () => {
  expect(named).toEqual(
    expect.arrayContaining(['CORS_ORIGINS', 'GATE_ALPHA', 'LOG_LEVEL', 'DRIFT_THRESHOLD']),
  );
  const wanted = Object.fromEntries(named.filter(name => name !== 'TOPIC_ID').map(name => [name, 'x']));
  const given = { ...wanted, HOME: '/root', GATE_MIN_ROW: 'misspelt' };
  expect(settingsFrom(given, await readTopology(), fail)).toEqual(wanted);
});

it('says that it does not send what all functions publish to one topic', async () => {
  const lines: string[] = [];
  const given = { TOPIC_ID: 'elsewhere', LOG_LEVEL: '' };
  expect(settingsFrom(given, await readTopology(), line => lines.push(line))).toEqual({});
  expect(lines).toEqual([expect.stringContaining('TOPIC_ID')]);
});

function fail(line: string): void {
  throw new Error(`Nothing was to be said, and this was: ${line}`);
}
