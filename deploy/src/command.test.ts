import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { gcloud, inProject, reading, render, renderLookup } from './command.ts';

/** The arguments with which a shell starts gcloud, when it is given the line. */
function argumentsOf(line: string, values: Readonly<Record<string, string>> = {}): readonly string[] {
  const { stdout } = spawnSync('bash', ['-c', `gcloud() { printf '%s\\0' "$@"; }\n${line}`], {
    encoding: 'utf8',
    env: values,
  });
  return stdout.split('\0').slice(0, -1);
}

const anyText = fc.string({ unit: 'grapheme' }).filter(text => !text.includes('\0') && !text.includes('${'));

it('is quoted so that a shell takes every argument as it is', () => {
  fc.assert(
    fc.property(fc.array(anyText, { minLength: 1, maxLength: 8 }), args => {
      expect(argumentsOf(render(gcloud(...args)))).toEqual(args);
    }),
    { numRuns: 60 },
  );
});

it('lets the shell fill values in, and nothing else', () => {
  fc.assert(
    fc.property(anyText, anyText, (before, after) => {
      const line = render(gcloud(`${before}\${VALUE}${after}`));
      expect(argumentsOf(line, { VALUE: 'a "b" $c' })).toEqual([`${before}a "b" $c${after}`]);
    }),
    { numRuns: 60 },
  );
});

it('names its project, also where it is only the source of another', () => {
  const password = gcloud('secrets', 'versions', 'access', 'latest', '--secret=db-pass');
  const upload = reading(
    { name: 'set-up-sql', args: ['user'], from: password },
    gcloud('storage', 'cp', '-', 'gs://b/f'),
  );
  expect(render(inProject('p', upload))).toBe(
    'gcloud secrets versions access latest --secret=db-pass --project=p --quiet | ' +
      'node scripts/run.mjs deploy/src/input.ts set-up-sql user | ' +
      'gcloud storage cp - gs://b/f --project=p --quiet',
  );
  expect(renderLookup('HOST', gcloud('redis', '--format=value(host)'))).toBe(
    "HOST=$(gcloud redis '--format=value(host)')",
  );
});
