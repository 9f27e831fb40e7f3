import { createHash } from 'node:crypto';

// What each function may do with the tables, and no more: a function that somebody has got into can spoil what it
// writes anyway, and nothing else. Each logs in as a user of its own, who is a member of the function's role. Whenever tables
// are made or brought up to date, roles get what stands here, and lose what does not.

const answer =
  'prediction, score, probabilities, model_file_name, created, unlike, abstained, is_correct, true_label';
const rating = 'is_correct, true_label, rated_at, reviewer, verified';
const label = 'class, reviewer, verified, created';
const outcome = 'role, job_id';
const check =
  'checked_by, plausibility, unlike, oddity, suspicion, seconded_by, kept_by, doubt, outvoted, near_settled';
const decision = 'kept_by, set_aside, set_aside_by';
const setAside = 'set_aside, set_aside_by';
/** Whoever changes a label lets a trigger count what is known of its reviewer. */
const counted = { label_changes: 'insert' };

/** By function and table. A right to change names its columns. */
const rights: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'prediction-to-db': { predictions: `select, insert, update (${answer})` },
  'feedback-to-db': {
    predictions: `select, update (${rating})`,
    training: 'select, update (created, reviewer, verified)',
    words: 'select, insert, update (class, said_at)',
    ...counted,
  },
  'feedback-to-training': {
    // It changes nothing there. To lock a row takes the right to change some column of it, and this one does no harm.
    predictions: 'select, update (abstained)',
    training: `select, insert, delete, update (${label}, ${outcome}, ${check}, ${setAside})`,
    ...counted,
  },
  training: {
    predictions: 'select',
    training: `select, update (${outcome}, ${check}, ${setAside})`,
    words: 'select, update (spent)',
    label_changes: 'select, insert, delete',
    reviewer_counts: 'select, insert, update',
    hold_out: 'select',
    jobs: 'select, insert',
    models: 'select, insert',
    decisions: 'select, insert',
    skipped_trainings: 'insert',
    alerts: 'select, insert, delete',
    figures: 'select, insert, update (value)',
    audit: 'insert',
  },
  'training-to-db': {
    jobs: 'select, insert',
    models: 'select, insert',
    decisions: 'select, insert',
    audit: 'insert',
  },
  'predict-api': {
    predictions: 'select',
    training: `select, update (${decision})`,
    words: 'select',
    // What is kept of a person, they may see.
    label_changes: 'select, insert',
    jobs: 'select, insert',
    models: 'select, insert',
    decisions: 'select, insert',
    skipped_trainings: 'select',
    alerts: 'select, insert, delete',
    figures: 'select, insert, update (value)',
    review_leases: 'select, insert, delete, update (holder, ends)',
    audit: 'select, insert',
    reviewer_counts: 'select',
    forgotten: 'select',
    'function forget_person(text, text, text, boolean), finish_forgetting(text)': 'execute',
  },
};

/** The functions that use tables. */
export const functionsWithRights: readonly string[] = Object.keys(rights);

/** The role that has a function's rights. */
export function roleOf(functionName: string): string {
  return `ml_${inSql(functionName)}`;
}

/** PostgreSQL cuts off what is longer, and then two names may be one. */
const longestName = 63;

/** As whom a function logs in: the name of its loop's user with its own. */
export function userOf(functionName: string, loopUser: string): string {
  const name = `${loopUser}_${inSql(functionName)}`;
  if (name.length <= longestName) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, longestName - hash.length - 1)}_${hash}`;
}

/** The roles of all functions and what they may do, as statements for the owner of the tables that can be run again. */
export function grantsToFunctions(): string {
  const grants = Object.entries(rights).flatMap(([name, tables]) => [
    `revoke all on all tables in schema public from ${roleOf(name)};`,
    `revoke all on all functions in schema public from ${roleOf(name)};`,
    `grant usage on schema public to ${roleOf(name)};`,
    // Whose tables they are, each looks at first.
    `grant select on data_set to ${roleOf(name)};`,
    ...Object.entries(tables).map(([table, may]) => `grant ${may} on ${table} to ${roleOf(name)};`),
  ]);
  return `-- One role for each function that uses tables, with what it needs of them.
do $$
declare
  role_name text;
begin
  foreach role_name in array array[${functionsWithRights.map(name => `'${roleOf(name)}'`).join(', ')}] loop
    begin
      execute format('create role %I nologin', role_name);
    exception
      when duplicate_object or unique_violation then null;  -- another database of the server has it, or makes it now
    end;
  end loop;
end
$$;
${grants.join('\n')}
`;
}

function inSql(functionName: string): string {
  return functionName.replaceAll('-', '_');
}
