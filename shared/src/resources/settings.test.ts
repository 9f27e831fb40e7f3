import { readSettings } from './read-settings.ts';
import { gateSettings } from './rule-settings.ts';
import { databaseSettings, messagingSettings } from './settings.ts';

const complete = { PROJECT_ID: 'p', DBHOST: 'h', DBNAME: 'n', DBUSER: 'u' };

it('reads what is there and fills in what has a default', () => {
  expect(readSettings(databaseSettings, { ...complete, DBPORT: '6543', OTHER: 'x' })).toEqual({
    ...complete,
    DBPORT: 6543,
    DBPOOL: 4,
    DB_SECRET: 'db-pass',
    PGSSLMODE: 'disable',
  });
});

it('names everything that is wrong in one line', () => {
  const environment = { ...complete, DBHOST: undefined, DBNAME: '', DBPORT: '70000', DBPOOL: 'many' };
  const read = () => readSettings(databaseSettings, environment);
  expect(read).toThrow(
    /^The environment is not complete: DBHOST is missing; DBPORT is malformed \(.+\); DBNAME is missing; DBPOOL is malformed \(.+\)\. See env-vars\.example\.yaml\.$/,
  );
});

it.each([
  [messagingSettings, { PROJECT_ID: 'p', LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [messagingSettings, { PROJECT_ID: 'p', EVENT_MAX_AGE_SECONDS: '0' }, 'EVENT_MAX_AGE_SECONDS'],
  [gateSettings, { GATE_MIN_ACCURACY: '95' }, 'GATE_MIN_ACCURACY'],
])('refuses a variable outside its bounds', (schema, environment, name) => {
  expect(() => readSettings(schema, environment)).toThrow(`${name} is malformed`);
});
