import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Log } from './processes.ts';

const run = promisify(execFile);

interface PackageManager {
  readonly program: string;
  readonly commands: readonly string[];
  /** Homebrew belongs to its user and refuses to run as root. */
  readonly asRoot: boolean;
}

const packageManagers: readonly PackageManager[] = [
  {
    program: 'apt-get',
    commands: ['apt-get update', 'apt-get install --yes --no-install-recommends redis-server'],
    asRoot: true,
  },
  { program: 'dnf', commands: ['dnf install --assumeyes redis'], asRoot: true },
  { program: 'apk', commands: ['apk add redis'], asRoot: true },
  { program: 'brew', commands: ['brew install redis'], asRoot: false },
];

/** What of the machine decides how to install. */
export interface Machine {
  readonly searchPath: string;
  readonly isRoot: boolean;
}

const thisMachine = (): Machine => ({ searchPath: process.env.PATH ?? '', isRoot: process.getuid?.() === 0 });

/** Resolves to the path of redis-server, after installing it by the system's package manager if it is missing. */
export async function ensureRedisInstalled(announce: Log, machine: Machine = thisMachine()): Promise<string> {
  const present = findProgram('redis-server', machine);
  if (present !== undefined) return present;

  const commands = installCommands(machine);
  announce(`redis-server is missing. Installing it: ${commands.join(' && ')}`);
  for (const command of commands) await install(command, commands, machine);
  return findProgram('redis-server', machine) ?? fail(commands);
}

function installCommands(machine: Machine): readonly string[] {
  const manager = packageManagers.find(({ program }) => findProgram(program, machine) !== undefined);
  if (!manager) {
    throw new Error(
      'redis-server is missing. Install Redis 6 or newer (https://redis.io/download), then start again.',
    );
  }
  if (!manager.asRoot || machine.isRoot) return manager.commands;
  if (!canSudo(machine)) fail(manager.commands.map(command => `sudo ${command}`));
  return manager.commands.map(command => `sudo -n ${command}`);
}

async function install(command: string, all: readonly string[], { searchPath }: Machine): Promise<void> {
  const [program = '', ...args] = command.split(' ');
  try {
    await run(program, args, {
      env: { ...process.env, PATH: searchPath, DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (cause) {
    fail(all, cause);
  }
}

function fail(commands: readonly string[], cause?: unknown): never {
  throw new Error(`redis-server is missing and could not be installed. Type: ${commands.join(' && ')}`, {
    cause,
  });
}

function canSudo(machine: Machine): boolean {
  const sudo = findProgram('sudo', machine);
  return sudo !== undefined && spawnSync(sudo, ['-n', 'true']).status === 0;
}

export function findProgram(name: string, { searchPath }: Machine = thisMachine()): string | undefined {
  return searchPath
    .split(path.delimiter)
    .map(folder => path.join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
