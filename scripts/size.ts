import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readWalks } from './walks.ts';

// How large the house is: files and lines by folder, code and tests apart, and how many files one opens to follow a note
// and a rating. `npm run check` says whether there are cycles.

interface Size {
  files: number;
  lines: number;
}

const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs'], { encoding: 'utf8' })
  .split('\n')
  .filter(file => file.includes('/'));
const sizes = new Map<string, { readonly code: Size; readonly tests: Size }>();
for (const file of files) {
  const [folder = ''] = file.split('/');
  const size = sizes.get(folder) ?? { code: { files: 0, lines: 0 }, tests: { files: 0, lines: 0 } };
  sizes.set(folder, size);
  const part = /\.test(ing)?\.tsx?$|\/testing\//.test(file) ? size.tests : size.code;
  part.files += 1;
  part.lines += readFileSync(file, 'utf8').split('\n').length - 1;
}

console.table(
  Object.fromEntries(
    [...sizes]
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([folder, { code, tests }]) => [
        folder,
        { files: code.files, lines: code.lines, 'test files': tests.files, 'test lines': tests.lines },
      ]),
  ),
);
for (const { title, files: opened } of readWalks()) console.log(`${title}: ${opened.length} files`);
