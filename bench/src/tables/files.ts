import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Folds } from '@banknote-loop/shared/learning';
import { z } from 'zod';
import type { NamedTable } from './generated.ts';

// How tables and results travel between this program and the one that runs the peers.

const tableFile = z.object({
  name: z.string(),
  columns: z.array(
    z.union([
      z.object({ kind: z.literal('number') }),
      z.object({ kind: z.literal('category'), size: z.int() }),
    ]),
  ),
  classCount: z.int(),
  values: z.array(z.number().nullable()),
  classes: z.array(z.int()),
});

const results = z.array(
  z.object({ table: z.string(), learner: z.string(), seconds: z.number(), scores: z.array(z.number()) }),
);
export type PeerResult = z.infer<typeof results>[number];

export function readTables(folder: string): NamedTable[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.table.json'))
    .map(file => {
      const { name, columns, classCount, values, classes } = tableFile.parse(
        JSON.parse(readFileSync(join(folder, file), 'utf8')),
      );
      return {
        name,
        columns,
        classCount,
        values: Float64Array.from(values, value => value ?? Number.NaN),
        classes: Uint8Array.from(classes),
        count: classes.length,
      };
    });
}

/** A missing value becomes `null`, for JSON knows no NaN. */
export function writeTable(folder: string, table: NamedTable, folds: Folds): void {
  const content = { ...table, values: [...table.values], classes: [...table.classes], folds: [...folds.of] };
  const file = `${table.name.replaceAll(/\W+/g, '-')}.folds.json`;
  writeFileSync(join(folder, file), JSON.stringify(content));
}

export function readResults(folder: string): PeerResult[] {
  return results.parse(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')));
}
