// Runs a script of this repository on the pinned Node.js, after installing the dependencies where they are missing
// or out of date. It is what lets `npm start` and `npm test` work on a fresh clone, so this file itself must run
// on whatever Node.js the machine has, with nothing installed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const pinnedNode = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** npm writes its own copy of the lock file after each install: an older copy means an outdated install. */
function isInstalled() {
  const installed = join(modules, '.package-lock.json');
  return (
    existsSync(pinnedNode) &&
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  );
}

function install() {
  process.stderr.write('Installing the packages, which takes about a minute the first time …\n');
  // Exactly what is locked, on every platform: a test holds the lock file to that.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status === 0 && existsSync(pinnedNode)) return;
  process.stderr.write('The packages could not be installed: run `npm ci` by hand and see what it says.\n');
  process.exit(1);
}

if (!isInstalled()) install();

const child = spawn(pinnedNode, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: join(modules, '.bin') + delimiter + process.env.PATH },
});
// Ctrl-C reaches the child by itself (same terminal); this process only has to outlive it, to report how it ended.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
