import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadLetterTopic, topics } from '@banknote-loop/shared/contract';
import { z } from 'zod';
import type { Site } from '../site.ts';

export const hasGcloud = spawnSync('gcloud', ['--version'], { stdio: 'ignore' }).status === 0;

const lint = z.array(
  z.object({ command_string: z.string(), success: z.boolean(), error_message: z.unknown() }),
);

/** What the gcloud that is installed says of commands, without running them: an entry for each. */
export function parseByGcloud(commands: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-lint-'));
  try {
    const file = join(folder, 'commands.json');
    writeFileSync(file, JSON.stringify(commands.map(command_string => ({ command_string }))));
    const { stdout } = spawnSync('gcloud', ['meta', 'lint-gcloud-commands', `--commands-file=${file}`], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    });
    return lint.parse(JSON.parse(stdout));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One of each: commands that differ only in the function or topic that they are about are parsed alike. */
export function oneOfEach({ functions }: Site, commands: readonly string[]): readonly string[] {
  const names = [...functions.map(({ name }) => name), ...Object.keys(topics), deadLetterTopic];
  const name = new RegExp(names.toSorted((a, b) => b.length - a.length).join('|'), 'gi');
  const variable = /\$\{\w+\}/g;
  return [
    ...new Map(commands.map(one => [one.replace(variable, 'NAME').replace(name, 'NAME'), one])).values(),
  ];
}
