// Makes the tarball that others install: two bundles with all that they need, so that it has no dependencies, and the
// types. Node.js does not strip types below node_modules, so the sources themselves would not run there.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const here = import.meta.dirname;
const { values } = parseArgs({ options: { to: { type: 'string', default: '.' } } });
const out = mkdtempSync(join(tmpdir(), 'local-cloud-package-'));

async function bundle(): Promise<void> {
  await build({
    entryPoints: [join(here, 'src/index.ts'), join(here, 'src/main.ts')],
    outdir: out,
    bundle: true,
    splitting: true,
    minifySyntax: true,
    minifyWhitespace: true,
    platform: 'node',
    target: 'node22',
    format: 'esm',
    // What is CommonJS in there still asks for Node.js's own modules by require.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
}

function writeTypes(): void {
  const description = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiler = join(dirname(description), JSON.parse(readFileSync(description, 'utf8')).bin.tsc);
  const flags = [
    '--declaration',
    '--emitDeclarationOnly',
    '--noEmit',
    'false',
    '--outDir',
    join(out, 'types'),
  ];
  const options = ['--project', join(here, 'tsconfig.pack.json'), ...flags];
  const { status, stdout } = spawnSync(process.execPath, [compiler, ...options], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The types cannot be written: ${stdout}`);
}

function describe(): void {
  const { name, version, license, description, engines } = JSON.parse(
    readFileSync(join(here, 'package.json'), 'utf8'),
  );
  const manifest = {
    ...{ name, version, description, license, engines, type: 'module' },
    bin: { 'local-cloud': 'main.js' },
    exports: { '.': { types: './types/index.d.ts', default: './index.js' } },
  };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  copyFileSync(join(here, 'README.md'), join(out, 'README.md'));
  copyFileSync(join(here, '../LICENSE'), join(out, 'LICENSE'));
}

function pack(): void {
  // Windows finds npm by its shell only.
  const isWindows = process.platform === 'win32';
  const args = ['pack', out, '--silent', '--pack-destination', resolve(values.to)];
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: isWindows });
  if (status !== 0) throw new Error('npm could not pack the package.');
}

try {
  await bundle();
  writeTypes();
  describe();
  pack();
} finally {
  rmSync(out, { recursive: true, force: true });
}
