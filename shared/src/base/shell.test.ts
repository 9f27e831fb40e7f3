import { execFileSync } from 'node:child_process';
import { quoteForShell } from './shell.ts';

it.each(["it's", '$HOME `ls` "x" \\', "''", '', 'ein\nanderes'])('gives a shell %j as it is', text => {
  expect(execFileSync('sh', ['-c', `printf %s ${quoteForShell(text)}`], { encoding: 'utf8' })).toBe(text);
});
