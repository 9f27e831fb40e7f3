import type { ClientBase } from 'pg';

/** Everything of a database that its tables' users can tell, and what it says of its version, a line each. */
export async function describeDatabase(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ line: string }>(`
    with ours as (select * from pg_class where relnamespace = 'public'::regnamespace)
    select concat_ws(' ', 'column', relname, attname, format_type(atttypid, atttypmod), 'not null:', attnotnull,
      'identity:', attidentity, 'generated:', attgenerated, pg_get_expr(adbin, adrelid)) as line
    from ours join pg_attribute on attrelid = ours.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = attrelid and adnum = attnum
    where relkind = 'r'
    union all
    select concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
    from pg_constraint join ours on conrelid = ours.oid
    union all
    select 'index ' || indexdef from pg_indexes where schemaname = 'public'
    union all
    select concat_ws(' ', 'sequence', sequencename, data_type, start_value, increment_by, cycle)
    from pg_sequences where schemaname = 'public'
    union all
    select 'function ' || pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    union all
    select 'trigger ' || pg_get_triggerdef(pg_trigger.oid)
    from pg_trigger join ours on tgrelid = ours.oid where not tgisinternal
    union all
    select concat_ws(' ', 'grant', relname, grantee::regrole, privilege_type)
    from ours, aclexplode(relacl) where grantee <> relowner
    union all
    select concat_ws(' ', 'grant', proname, grantee::regrole, privilege_type)
    from pg_proc, aclexplode(proacl) where pronamespace = 'public'::regnamespace and grantee <> proowner
    union all
    select concat_ws(' ', 'grant', relname, attname, grantee::regrole, privilege_type)
    from ours join pg_attribute on attrelid = ours.oid, aclexplode(attacl)
    union all
    select concat_ws(' ', 'grant', nspname, grantee::regrole, privilege_type)
    from pg_namespace, aclexplode(nspacl) where nspname = 'public' and grantee::regrole::text like 'ml\\_%'
    union all
    select concat_ws(' ', 'migration', version, name, checksum) from schema_versions
    order by line`);
  return rows.map(({ line }) => line);
}
