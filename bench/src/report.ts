import type { Spread } from './measure.ts';

export type Cell = string | number | Spread;

export interface ReportTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Something that was set out to be reached, and what was measured. */
export interface Goal {
  readonly what: string;
  readonly measured: number;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface Findings {
  readonly tables: readonly ReportTable[];
  readonly targets: readonly Goal[];
}

export function isMet({ measured, atLeast = -Infinity, atMost = Infinity }: Goal): boolean {
  return measured >= atLeast && measured <= atMost;
}

export function formatFindings({ tables, targets }: Findings): string {
  const parts = [...tables, ...(targets.length > 0 ? [asTable(targets)] : [])];
  return parts.map(formatTable).join('\n');
}

function asTable(targets: readonly Goal[]): ReportTable {
  return {
    title: 'To reach',
    columns: ['what', 'limit', 'measured', ''],
    rows: targets.map(target => [
      target.what,
      target.atLeast === undefined
        ? `≤ ${formatNumber(target.atMost ?? 0)}`
        : `≥ ${formatNumber(target.atLeast)}`,
      target.measured,
      isMet(target) ? 'yes' : 'NO',
    ]),
  };
}

/** As Markdown, which reads well in a terminal too and can be pasted into the docs as it is. */
function formatTable({ title, columns, rows }: ReportTable): string {
  const texts = [columns, ...rows.map(row => row.map(formatCell))];
  const widths = columns.map((_, column) => Math.max(...texts.map(row => row[column]?.length ?? 0)));
  const isText = columns.map((_, column) => rows.every(row => typeof row[column] === 'string'));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, i) => (isText[i] ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => (isText[i] ? '-'.repeat(width) : `${'-'.repeat(Math.max(width - 1, 1))}:`)).join(' | ')} |`;
  const [head = [], ...body] = texts;
  return [`\n### ${title}\n`, line(head), rule, ...body.map(line)].join('\n');
}

function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatNumber(cell);
  const { median, low, high, samples } = cell;
  return samples > 1
    ? `${formatNumber(median)} (${formatNumber(low)} – ${formatNumber(high)})`
    : formatNumber(median);
}

/** Three digits tell all that a benchmark knows. */
function formatNumber(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
