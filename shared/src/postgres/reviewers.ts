import type { ReviewerAnswer } from '../contract/model-answers.ts';
import { unlikeFrom } from '../data-set/unlike.ts';
import type { Sql } from './sql.ts';

/** The people who label, or the names that they give. */
export class Reviewers {
  readonly #sql: Sql;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** How far each is to be believed, the one with the most labels first. */
  list(limit: number): Promise<ReviewerAnswer[]> {
    return this.#sql.rows<ReviewerAnswer>(reviewers, [limit]);
  }
}

/** Where known rows are near enough to be sure of what they say. */
const known = `unlike < ${unlikeFrom}`;

/**
 * How often a reviewer errs: the labels that known rows find improbable, less as many as a model that is only as sure
 * as it says would find improbable among right ones. Before anything is known of a reviewer, one label in ten is taken to be wrong.
 */
const errorShare = `greatest(0.5, 1 + count(*) filter (where ${known} and plausibility < 0.5 and seconded_by is null and kept_by is null)
        - coalesce(sum(least(plausibility, 1 - plausibility)) filter (where ${known} and seconded_by is null and kept_by is null), 0))
        / (10.0 + count(plausibility) filter (where ${known}))`;

const reviewers = {
  name: 'reviewers',
  text: `
    with said as (
      select t.*, (
        select bool_and(w.class = t.class)
        from training other join words w on w.batch_id = other.batch_id and w.position = other.position
        where other.note_hash = t.note_hash and w.class is not null and w.reviewer <> coalesce(t.reviewer, '')
      ) as agrees
      from training t where batch_id is not null
    )
    select reviewer, count(*)::int as labels,
      count(*) filter (where ${known})::int as checked,
      count(*) filter (where ${known} and plausibility >= 0.5)::int as plausible,
      count(agrees)::int as shared,
      count(*) filter (where agrees)::int as agreeing,
      count(set_aside)::int as set_aside,
      (1 - ${errorShare})::float8 as reliability
    from said group by reviewer order by count(*) desc, reviewer limit $1`,
};
