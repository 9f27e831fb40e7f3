import type { ColumnProfile } from './column-profile.ts';
import type { DataSet, Feature } from './declaration.ts';

interface Understood {
  readonly path: string;
  readonly dataSet: DataSet;
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** So many features are listed; of a wider table the rest is counted. */
const mostLines = 40;

/** What was understood of a table, in lines that a terminal can show. */
export function printTable({ path, dataSet, rows, columns }: Understood): string {
  const { features, label } = dataSet;
  const lines = features.slice(0, mostLines).map(feature => {
    const profile = columns.find(({ header }) => header === feature.csv);
    return [feature.name, feature.column, feature.kind, valuesOf(feature), missingOf(profile, rows)];
  });
  const classes = label.classes.map(({ name }) => name);
  const more = features.length > mostLines ? [`and ${features.length - mostLines} features more`] : [];
  return [
    `${path}: ${rows} rows, ${features.length} ${features.length === 1 ? 'feature' : 'features'}, ${classes.length} classes`,
    '',
    ...aligned([['feature', 'column', 'kind', 'values', 'missing'], ...lines]),
    ...more,
    '',
    `${label.name} is to be told: ${listed(classes)}`,
  ].join('\n');
}

function valuesOf(feature: Feature): string {
  switch (feature.kind) {
    case 'number':
      return `${feature.min ?? ''} to ${feature.max ?? ''}${feature.integer ? ', whole' : ''}`;
    case 'category':
      return `${feature.categories.length}: ${listed(feature.categories)}`;
    case 'yes-no':
      return 'yes, no';
  }
}

function missingOf(profile: ColumnProfile | undefined, rows: number): string {
  return profile && profile.missing > 0 ? `${profile.missing} (${percent(profile.missing / rows)})` : '';
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function listed(words: readonly string[]): string {
  const shown = words.slice(0, 6).join(', ').replace(/\s+/g, ' ');
  return words.length > 6 ? `${shortened(shown)} …` : shortened(shown);
}

function shortened(text: string): string {
  return text.length <= 48 ? text : `${text.slice(0, 47)}…`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => Array.from(row[i] ?? '').length)));
  return rows.map(row =>
    row
      .map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - Array.from(cell).length))
      .join('  ')
      .trimEnd(),
  );
}
