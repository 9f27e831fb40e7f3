import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSite, connectionsOf } from './check-site.ts';
import { environmentOf, variablesOf } from './environment.ts';
import { parseSettings } from './settings.ts';
import { needsOf } from './site.ts';
import { testSite } from './testing/site.ts';

const example = readFileSync(join(import.meta.dirname, '../../env-vars.example.yaml'), 'utf8');

it('takes the example as it is, and also with everything in it that is commented out', async () => {
  const site = await testSite();
  checkSite({ ...site, settings: parseSettings(example, 'example') });
  const complete = example.replace(/^# (?=( {2})?[A-Za-z_-]+: \S|[A-Z_]+:$)/gm, '');
  const settings = parseSettings(complete, 'example');
  expect(settings.DBHOST).toBe('10.0.0.4');
  checkSite({ ...site, settings });
});

it('explains in the example every variable that the deployment or a function knows', async () => {
  const { functions } = await testSite();
  const known = new Set(functions.flatMap(definition => [...variablesOf(definition)]));
  expect([...known].filter(name => !new RegExp(`^(# )?${name}: `, 'm').test(example))).toEqual([]);
});

it('names everything that is missing or malformed, in one line', () => {
  expect(() => parseSettings('REGION: Belgium\nDBPOOL: many\nLOG_LEVEL: loud\n', 'x.yaml')).toThrow(
    /^x\.yaml is not complete: PROJECT_ID .*REGION \(a region such as europe-west1\).*BUCKET .*DBPOOL .*LOG_LEVEL /,
  );
  expect(() => parseSettings('- a list', 'x.yaml')).toThrow('x.yaml cannot be read');
  expect(() => parseSettings('A: [', 'x.yaml')).toThrow('x.yaml cannot be read');
});

it.each([
  ['PROJECT: typo', /PROJECT is a variable that neither the deployment nor any function knows/],
  ['FUNCTIONS: { predictions: { minInstances: 1 } }', /FUNCTIONS.predictions is none of .*prediction-to-db/],
  ['GATE_MIN_ACCURACY: 95', /training: .*GATE_MIN_ACCURACY is malformed/],
  ['DB_MAX_CONNECTIONS: 50', /may open \d+ database connections .* DB_MAX_CONNECTIONS 50 leaves 40/],
  ['FUNCTIONS: { prediction-to-db: { maxInstances: 100 } }', /lower DBPOOL, MAX_INSTANCES or maxInstances/],
])('refuses %s', async (line, said) => {
  const site = await testSite(`${line}\n`);
  expect(() => checkSite(site)).toThrow(said);
});

it.each(['small', 'production'])(
  'lets no profile open more connections than the database allows: %s',
  async profile => {
    const site = await testSite(`PROFILE: ${profile}\n`);
    checkSite(site);
    const using = site.functions.filter(({ uses }) =>
      Object.values(uses).some(({ name }) => name === 'database'),
    );
    const instances = using.reduce((sum, one) => sum + needsOf(site, one).maxInstances, 0);
    expect(instances).toBeGreaterThan(using.length);
    // While all of them are deployed at the same time.
    expect(2 * instances * site.settings.DBPOOL).toBeLessThan(connectionsOf(site));
  },
);

it('takes no keys that sign models in a file: they are in a secret', () => {
  const keys = `MODEL_KEYS: "a:${'0'.repeat(64)}"\n`;
  expect(() => parseSettings(`${example}${keys}`, 'x.yaml')).toThrow(
    /^x\.yaml has MODEL_KEYS, .*into the secret model-keys/,
  );
});

it('takes from the profile what the settings do not say', async () => {
  const { settings } = await testSite('PROFILE: production\nREDIS_TIER: basic\n');
  expect(settings).toMatchObject({ REDIS_TIER: 'basic', DB_AVAILABILITY: 'regional' });
  expect(() => parseSettings('PROFILE: huge\n', 'x.yaml')).toThrow(/PROFILE /);
});

it('gives each function the variables that it knows, and no others', async () => {
  const { settings, functions } = await testSite('GATE_ALPHA: 0.01\n');
  for (const definition of functions) {
    const environment = environmentOf(settings, definition);
    const known = variablesOf(definition);
    expect(Object.keys(environment).filter(name => !known.has(name))).toEqual([]);
    expect('GATE_ALPHA' in environment).toBe(definition.name === 'training');
    expect('DBHOST' in environment).toBe(known.has('DBHOST'));
  }
});

it('takes numbers in quotes, as settings of before have them', () => {
  const settings = parseSettings(`${example}\nREDISPORT: "6379"\nDBPORT: "5432"\nMAX_INSTANCES: "3"`, 'old');
  expect(settings).toMatchObject({ REDISPORT: 6379, DBPORT: 5432, MAX_INSTANCES: 3 });
  expect(() => parseSettings(`${example}\nREDISPORT: "63x"`, 'old')).toThrow('REDISPORT');
});

it.each([
  ['DBUSER: ml_readwrite', 'DBUSER (the group that has the rights'],
  ['DBUSER: postgres', "DBUSER (one of the server's own"],
  ['DBNAME: postgres', "DBNAME (one of the server's own"],
  ['DBNAME: ml-demo', 'DBNAME (small letters, digits and "_"'],
])('says before anything runs that %s cannot be', (line, said) => {
  expect(() => parseSettings(`${example}\n${line}`, 'old')).toThrow(said);
});

const minimal = 'PROJECT_ID: test-project\nREGION: europe-west1\nBUCKET: test-models\n';
const open = `${minimal}INVOKERS: [allUsers]\n`;
const tokens = 'AUTH_JWKS_URL: https://a.example/keys\nAUTH_ISSUER: https://a.example\nAUTH_AUDIENCE: loop\n';

it('lets everybody in only where a token is asked for, or where it is said that this is meant', () => {
  expect(() => parseSettings(open, 'test.yaml')).toThrow(/allUsers in INVOKERS.*ANYBODY_MAY_CALL/);
  expect(() => parseSettings(open.replace('allUsers', 'allAuthenticatedUsers'), 'test.yaml')).toThrow(
    'INVOKERS',
  );
  expect(parseSettings(`${open}${tokens}`, 'test.yaml').INVOKERS).toEqual(['allUsers']);
  expect(parseSettings(`${open}ANYBODY_MAY_CALL: true\n`, 'test.yaml').INVOKERS).toEqual(['allUsers']);
});

it.each([
  'AUTH_ISSUER: https://a.example',
  'AUTH_AUDIENCE: loop',
  'AUTH_GRANTS: a=notes:rate',
  'AUTH_CLIENT_ID: page',
])('refuses half of a sign-in: %s', half => {
  expect(() => parseSettings(`${minimal}${half}\n`, 'test.yaml')).toThrow('without AUTH_JWKS_URL');
});

it('has people sign in at the front door, and keeps the secret of the page in a secret', async () => {
  const page = `${tokens}AUTH_CLIENT_ID: page\n`;
  const site = await testSite(`${page}DOMAIN: notes.example.com\nAUTH_CLIENT_SECRET_NAME: page-secret\n`);
  checkSite(site);
  for (const definition of site.functions.filter(({ kind }) => kind === 'http')) {
    expect(environmentOf(site.settings, definition)).toMatchObject({
      AUTH_CLIENT_ID: 'page',
      AUTH_PAGE_URL: 'https://notes.example.com',
    });
  }
  const without = await testSite(page);
  expect(() => checkSite(without)).toThrow('AUTH_PAGE_URL is missing');
  expect(() => parseSettings(`${minimal}${page}AUTH_CLIENT_SECRET: x\n`, 'test.yaml')).toThrow(
    /AUTH_CLIENT_SECRET, .*AUTH_CLIENT_SECRET_NAME/,
  );
});
