import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseLoop, runningLoops } from './running-loops.ts';

const root = mkdtempSync(join(tmpdir(), 'running-loops-'));
afterAll(() => rmSync(root, { recursive: true }));

function loopIn(name: string, env: string, pid: number): void {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'env'), env);
  writeFileSync(join(root, name, 'runner.pid'), String(pid));
}

it('finds the loop of a table, or the only one, and asks which of several is meant', () => {
  expect(chooseLoop(runningLoops(root))).toBeUndefined();
  loopIn('.loop-iris', "DATA_SET='iris'\nDBPORT='1'\n", process.pid);
  // One that was killed has left its file behind.
  loopIn('.loop-wine', "DATA_SET='wine'\n", 2 ** 30);
  expect(chooseLoop(runningLoops(root))).toMatchObject({
    dataSet: 'iris',
    folder: join(root, '.loop-iris'),
    runner: process.pid,
    environment: { DBPORT: '1' },
  });
  loopIn('.loop', "DBPORT='2'\n", process.pid);
  const both = runningLoops(root);
  expect(() => chooseLoop(both)).toThrow('Several loops run here: banknotes, iris. Say which one is meant');
  expect(chooseLoop(both, 'banknotes')?.environment.DBPORT).toBe('2');
  expect(chooseLoop(both, 'iris')?.environment.DBPORT).toBe('1');
  expect(chooseLoop(both, 'wine')).toBeUndefined();
});
