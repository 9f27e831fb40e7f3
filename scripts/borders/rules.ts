import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IForbiddenRuleType } from 'dependency-cruiser';

// Who may import whom; CONTRIBUTING.md says it in words. Imports of types count.

/** The rooms of `shared/src`, floor by floor: each imports only what lies on the floors below its own. */
const floors: readonly (readonly string[])[] = [
  ['base', 'clients'],
  ['data-set'],
  ['contract'],
  ['learning'],
  ['classifier'],
  ['postgres', 'redis', 'bucket', 'pubsub', 'secrets', 'telemetry', 'monitoring'],
  ['models', 'quality', 'rebuild'],
  ['people', 'expiry'],
  ['resources'],
  ['function'],
  ['http'],
  ['serve'],
];

/** The packages that the code of each may import, by their doors. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  functions: ['shared'],
  'local-cloud': [],
  build: ['shared', 'functions'],
  local: ['shared', 'functions', 'build', 'local-cloud'],
  deploy: ['shared', 'functions', 'build'],
  scripts: ['shared', 'functions', 'build', 'local', 'deploy'],
  testing: ['shared', 'functions', 'local', 'local-cloud'],
  trials: ['shared', 'functions', 'build', 'local', 'local-cloud', 'testing'],
  bench: ['shared', 'functions', 'build', 'local', 'testing'],
  test: ['shared', 'functions', 'build', 'local', 'local-cloud', 'testing', 'trials'],
};
/** Tests beside the code may import these, too; only those of `local-cloud` are as alone as their code. */
const testsMayImport: readonly string[] = ['shared', 'functions', 'build', 'local', 'local-cloud', 'testing'];

export const packages = Object.keys(mayImport);

const root = join(import.meta.dirname, '../..');
const test = '\\.(test|testing)\\.ts$';
const oneOf = (names: readonly string[]): string => `(${names.join('|')})`;
const exact = (file: string): string => `^${file.replaceAll('.', '\\.')}$`;

/** The files of a package that others may import: its map of exports. */
function doorsOf(name: string): string[] {
  if (name === 'functions') return ['^functions/[^/]+/src/index\\.ts$', '^functions/topology\\.ts$'];
  if (name === 'scripts') return [];
  const { exports = {} } = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'));
  return Object.values<string>(exports).map(file => exact(join(name, file)));
}

type Ends = Pick<Extract<IForbiddenRuleType, { readonly from: { orphan?: boolean } }>, 'from' | 'to'>;

function forbid(name: string, from: Ends['from'], to: Ends['to']): IForbiddenRuleType {
  return { name, severity: 'error', from, to };
}

const betweenPackages = Object.entries(mayImport).flatMap(([name, allowed]) => {
  const inside = `^${name}/`;
  const allOthers = packages.filter(other => other !== name);
  const ofTests = name === 'local-cloud' ? [] : [...allowed, ...testsMayImport];
  const except = (some: readonly string[]): string =>
    `^${oneOf(allOthers.filter(other => !some.includes(other)))}/`;
  return [
    forbid(
      `${name} imports ${allowed.join(', ') || 'no other package'} and nothing else of ours`,
      { path: inside, pathNot: test },
      { path: except(allowed) },
    ),
    forbid(
      `tests of ${name} import ${ofTests.join(', ') || 'no other package'} and nothing else of ours`,
      { path: `${inside}.*${test}` },
      { path: except(ofTests) },
    ),
    forbid(
      `${name} is entered by its doors only`,
      { path: `^${oneOf(allOthers)}/` },
      { path: inside, pathNot: doorsOf(name) },
    ),
  ];
});

const rooms = floors.flat();
const betweenRooms = floors.flatMap((floor, level) =>
  floor.map(room => {
    const reach = level === 0 ? floor : [room, ...floors.slice(0, level).flat()];
    return forbid(
      `shared/${room} imports only what lies below it`,
      { path: `^shared/src/${room}/`, pathNot: test },
      { path: '^shared/src/', pathNot: `^shared/src/${oneOf(reach)}/` },
    );
  }),
);

export const rules: IForbiddenRuleType[] = [
  forbid('there is no cycle', {}, { circular: true }),
  forbid('what is imported is there', {}, { couldNotResolve: true, path: '^[.@]' }),
  forbid(
    'no function imports another',
    { path: '^functions/([^/]+)/', pathNot: test },
    { path: '^functions/', pathNot: '^functions/$1/' },
  ),
  forbid('nobody imports a test', {}, { path: '\\.test\\.ts$' }),
  forbid(
    'only tests import what is made for tests',
    { pathNot: [test, '/testing/', '^(testing|test|trials|bench)/', '^local-cloud/src/pubsub/contract/'] },
    { path: ['\\.testing\\.ts$', '/testing/'], pathNot: 'node_modules' },
  ),
  forbid(
    'every room of shared has a floor',
    { path: '^shared/src/[^/]+/', pathNot: [`^shared/src/${oneOf(rooms)}/`, test] },
    {},
  ),
  ...betweenPackages,
  ...betweenRooms,
];
