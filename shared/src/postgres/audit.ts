import type { AuditAction, AuditRecord } from '../contract/audit.ts';
import type { Sql } from './sql.ts';

/** What was done, by whom and from where. */
export interface AuditEntry {
  readonly who: string;
  readonly address?: string | undefined;
  readonly action: AuditAction;
  readonly target?: string | undefined;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly times?: number;
}

export interface AuditFilter {
  readonly who?: string | undefined;
  readonly action?: AuditAction | undefined;
  /** A part of it. */
  readonly target?: string | undefined;
  readonly address?: string | undefined;
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/**
 * The log that is only ever added to. Decisions on models and labels write to it in the very statement that makes them;
 * what else is worth a record is written here.
 */
export class Audit {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async record(...entries: readonly AuditEntry[]): Promise<void> {
    await this.#sql.rows(insertEntries, [JSON.stringify(entries)]);
  }

  /** The newest first, of those before an id. */
  newest(count: number, before: number | undefined, filter: AuditFilter): Promise<AuditRecord[]> {
    const { who, action, target, address, since, until } = filter;
    const wanted = [before, who, action, target, address, since, until].map(one => one ?? null);
    return this.#sql.rows<AuditRecord>(newestEntries, [count, ...wanted]);
  }
}

const insertEntries = {
  name: 'insert-audit',
  text: `
    insert into audit (who, address, action, target, before, after, times)
    select who, address, action, target, before, after, coalesce(times, 1)
    from json_to_recordset($1)
      as entry (who text, address text, action text, target text, before jsonb, after jsonb, times int)`,
};

// As a number that JSON holds exactly: so many will never be written.
const newestEntries = {
  name: 'newest-audit',
  text: `
    select id::float8 as id, created, who, address, action, target, before, after, times
    from audit
    where ($2::bigint is null or id < $2) and ($3::text is null or who = $3) and ($4::text is null or action = $4)
      and ($5::text is null or position($5 in target) > 0) and ($6::text is null or address = $6)
      and ($7::timestamptz is null or created >= $7) and ($8::timestamptz is null or created < $8)
    order by id desc limit $1`,
};
