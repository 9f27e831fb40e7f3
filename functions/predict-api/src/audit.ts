import { auditExportQuery, auditPage, auditQuery } from '@banknote-loop/shared/contract';
import { csvLine } from '@banknote-loop/shared/data-set';
import { route } from '@banknote-loop/shared/http';
import type { AuditFilter, Database } from '@banknote-loop/shared/postgres';
import type { Context } from './context.ts';

const rowsAtATime = 500;

export const getAudit = route({
  method: 'GET',
  path: '/audit',
  summary: 'Who did what, when and from where, with the state before and after: the newest first.',
  scope: 'audit:read',
  query: auditQuery,
  answer: auditPage,

  async handle({ query: { limit, cursor, ...filter } }, { db }: Pick<Context, 'db'>) {
    const records = await db.audit.newest(limit, cursor, filter);
    return { body: { records, next: records.length === limit ? (records.at(-1)?.id ?? null) : null } };
  },
});

export const exportAudit = route({
  method: 'GET',
  path: '/audit/export',
  summary: 'The whole of it as a file: a JSON object a line, or CSV.',
  scope: 'audit:read',
  query: auditExportQuery,
  answer: '*/*',

  async handle({ query: { format, ...filter } }, { db, method }: Pick<Context, 'db' | 'method'>) {
    const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson';
    const headers = {
      'content-type': type,
      'content-disposition': `attachment; filename="audit.${format}"`,
    };
    if (method === 'HEAD') return { headers, content: '' };
    return { headers, stream: linesOf(db, format, filter) };
  },
});

const columns = ['id', 'created', 'who', 'address', 'action', 'target', 'before', 'after', 'times'] as const;

async function* linesOf(db: Database, format: 'csv' | 'ndjson', filter: AuditFilter): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns);
  let cursor: number | undefined;
  do {
    const records = await db.audit.newest(rowsAtATime, cursor, filter);
    const lines = records.map(record =>
      format === 'csv'
        ? csvLine(columns.map(column => cellOf(record[column])))
        : `${JSON.stringify(record)}\n`,
    );
    yield lines.join('');
    cursor = records.length === rowsAtATime ? records.at(-1)?.id : undefined;
  } while (cursor !== undefined);
}

function cellOf(value: unknown): string | number | null {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  return JSON.stringify(value);
}
