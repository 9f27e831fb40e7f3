import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findLoop } from './running-loops.ts';

const root = mkdtempSync(join(tmpdir(), 'running-loops-'));
afterAll(() => rmSync(root, { recursive: true }));

function loopIn(name: string, env: string, pid: number): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'env'), env);
  writeFileSync(join(root, name, 'runner.pid'), String(pid));
}

it('finds the loop of a table, or the only one, and asks which of several is meant', () => {
  expect(findLoop(root, {})).toBeUndefined();
  loopIn('.loop-iris', "DATA_SET='iris'\nDBPORT='1'\n", process.pid);
  // One that was killed has left its file behind.
  loopIn('.loop-wine', "DATA_SET='wine'\n", 2 ** 30);
  expect(findLoop(root, {})).toMatchObject({
    dataSet: 'iris',
    folder: join(root, '.loop-iris'),
    runner: process.pid,
    environment: { DBPORT: '1' },
  });
  loopIn('.loop', "DBPORT='2'\n", process.pid);
  expect(() => findLoop(root, {})).toThrow('Several loops run here: banknotes, iris. Say which one is meant');
  expect(findLoop(root, { dataSet: 'banknotes' })?.environment.DBPORT).toBe('2');
  expect(findLoop(root, { dataSet: 'iris' })?.environment.DBPORT).toBe('1');
  expect(findLoop(root, { dataSet: 'wine' })).toBeUndefined();
});

it('finds the loop on a folder elsewhere, by that folder or by what the shell has sourced', () => {
  const elsewhere = join(root, 'elsewhere');
  const loop = { dataSet: 'digits', folder: elsewhere };
  expect(() => findLoop(root, { folder: elsewhere })).toThrow(
    `No loop runs on ${elsewhere} (npm start -- --folder ${elsewhere}).`,
  );
  loopIn('elsewhere', "DATA_SET='digits'\n", process.pid);
  expect(findLoop(root, { dataSet: 'digits' })).toBeUndefined();
  expect(findLoop(root, { folder: elsewhere })).toMatchObject(loop);
  expect(findLoop(root, { folder: elsewhere, dataSet: 'digits' })).toMatchObject(loop);
  expect(findLoop(root, { sourcedFolder: elsewhere })).toMatchObject(loop);
  expect(findLoop(root, { sourcedFolder: elsewhere, dataSet: 'iris' })).toMatchObject({ dataSet: 'iris' });
  expect(() => findLoop(root, { folder: elsewhere, dataSet: 'iris' })).toThrow(
    `The loop on ${elsewhere} serves digits, and not iris.`,
  );
});
