import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  YAMLMap,
} from 'yaml';
import type { DeclarationProblem, KeyPath } from './contradictions.ts';
import type { DataSet } from './declaration.ts';
import { checkDeclaration } from './declaration-check.ts';

// The declaration as people write it: YAML, whose messages say file, line, place and remedy.

/** Everything that is wrong with a declaration, a line each. */
export class DeclarationError extends Error {
  override readonly name = 'DeclarationError';
}

/** Reads a declaration; `from` is what messages call the file. */
export function parseDeclaration(yaml: string, from: string): DataSet {
  const lines = new LineCounter();
  const document = parseDocument(yaml, { lineCounter: lines });
  const lineAt = (offset: number) => `${from}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const said = document.errors.map(
      error => `${lineAt(error.pos[0])}: ${error.message.split(/ at line |\n/)[0] ?? ''}.`,
    );
    throw new DeclarationError(said.join('\n'));
  }
  if (!isMap(document.contents)) {
    const help =
      'A declaration begins with "name: my-table"; data-sets/banknotes/data-set.yaml is one to follow.';
    throw new DeclarationError(
      `${from}:1: ${yaml.trim() === '' ? 'The file is empty.' : 'There are no keys.'} ${help}`,
    );
  }
  keepSpellings(document.contents);
  const checked = checkDeclaration(document.toJS());
  if (checked.dataSet) return checked.dataSet;
  const said = checked.problems
    .map(problem => ({ offset: offsetOf(document.contents, problem.place), said: sentence(problem) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, said }) => `${lineAt(offset)}: ${said}`);
  throw new DeclarationError([...new Set(said)].join('\n'));
}

const numbers = new Set(['min', 'max', 'accuracy', 'recall']);
const switches = new Set(['integer', 'missing', 'strict', 'header', 'balance']);
const values = new Set(['example', 'fill']);

/** YAML takes `1.0` for the number 1 and `true` for a boolean; where text belongs, it is text as it was written. */
function keepSpellings(contents: YAMLMap): void {
  visit(contents, {
    Scalar(place, node, path) {
      if (place === 'key') return;
      const owner = path.findLast(
        (parent): parent is Pair<Scalar, unknown> => 'key' in parent && 'value' in parent,
      );
      const key = String(owner?.key?.value ?? '');
      if (switches.has(key) || isYesNo(path)) node.value = switched(node.value);
      else if (isNumber(path, key)) return;
      else if (node.value !== null && typeof node.value !== 'string')
        node.value = node.source ?? String(node.value);
    },
  });
}

function isNumber(path: Parameters<typeof kindAround>[0], key: string): boolean {
  return numbers.has(key) || (values.has(key) && kindAround(path) === 'number');
}

function isYesNo(path: Parameters<typeof kindAround>[0]): boolean {
  const last = path.at(-1);
  const key = last && 'key' in last && isScalar(last.key) ? String(last.key.value) : '';
  return values.has(key) && kindAround(path) === 'yes-no';
}

function kindAround(path: readonly object[]): unknown {
  const feature = path.findLast((parent): parent is YAMLMap => parent instanceof YAMLMap);
  return feature?.get('kind');
}

const switchWords: Readonly<Record<string, boolean>> = { yes: true, no: false, on: true, off: false };

function switched(value: unknown): unknown {
  return (typeof value === 'string' ? switchWords[value.toLowerCase()] : undefined) ?? value;
}

/** Where the part is written, or the last part on the way to it that is. */
function offsetOf(contents: unknown, place: KeyPath): number {
  let node = contents;
  let offset = startOf(node);
  for (const key of place) {
    const pair = isMap(node)
      ? node.items.find(item => isScalar(item.key) && item.key.value === key)
      : undefined;
    if (pair) offset = startOf(pair.key);
    node = pair ? pair.value : isSeq(node) && typeof key === 'number' ? node.items[key] : undefined;
    if (node === undefined || node === null) return offset;
    if (!pair) offset = startOf(node);
  }
  return offset;
}

function startOf(node: unknown): number {
  const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : undefined;
  return Array.isArray(range) ? Number(range[0]) : 0;
}

function sentence({ place, message }: DeclarationProblem): string {
  const where = place.map(key => (typeof key === 'number' ? `[${key + 1}]` : `.${key}`)).join('');
  const text = `${where.replace(/^\./, '')} ${message}`.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
