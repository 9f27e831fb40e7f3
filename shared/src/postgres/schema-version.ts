import type { Sql } from './sql.ts';

/** The version of schema.sql that this code works with. */
export const schemaVersion = 1;

const newestVersion = {
  name: 'schema-version',
  text: 'select coalesce(max(version), 0) as version from schema_versions',
};

export async function readSchemaVersion(sql: Sql): Promise<number> {
  const { version } = await sql.row<{ version: number }>(newestVersion, []);
  return version;
}
