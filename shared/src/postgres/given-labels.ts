import type { DataSet } from '../data-set/declaration.ts';
import { encodedFeatures } from './features.ts';
import { judges, numbersOf, placeOf } from './own-rows.ts';
import type { Read, Statement } from './sql.ts';
import { personOf, principal } from './tables/training.ts';
import type { LabelRole } from './training-data.ts';

// What people said, the newest first.

/** What a person said of an item. */
export interface GivenLabel {
  readonly batch_id: string;
  readonly position: number;
  readonly class: number;
  /** What became of it at the last training. */
  readonly role: LabelRole | null;
  readonly isSetAside: boolean;
  /** Who said it: a reviewer whose name was checked. All others are one, without a name. */
  readonly principal: string;
  /** Under which name, checked or not, however it is written. */
  readonly person: string | null;
  /** When, in microseconds. */
  readonly time: number;
  /** Where the item stands in the order of hashes: the same place is the same item. */
  readonly place: number;
  /** Whether the item is one of those that judge. */
  readonly judges: boolean;
  /** What the data set says of the same item, if it has it. */
  readonly ownClass: number | null;
  readonly features: Float64Array;
}

export interface GivenLabels {
  readonly labels: readonly GivenLabel[];
  /** Labels that counted once and are older than what is read now. */
  readonly outdated: readonly Pick<GivenLabel, 'batch_id' | 'position' | 'class'>[];
}

const rowsOfPage = 5_000;
const mostPrincipals = 10_000;
const fewestOfPrincipal = 20;

/** The newest labels, so many at most; each reviewer may bring the same number, so that nobody pushes out another. */
export async function readLabels(read: Read, dataSet: DataSet, most: number): Promise<GivenLabels> {
  const principals = await read<{ principal: string }>(distinctPrincipals, [mostPrincipals]);
  const ofOne = Math.max(fewestOfPrincipal, Math.floor(most / Math.max(1, principals.length)));
  const statement = pageOfPrincipal(dataSet);
  const labels: GivenLabel[] = [];
  const outdated: GivenLabels['outdated'][number][] = [];
  for (const { principal: name } of principals) {
    let before: Cursor = { at: 'infinity', batch_id: lastUuid, position: 0 };
    let room = ofOne;
    while (room > 0) {
      const count = Math.min(room, rowsOfPage);
      const values = [name, before.at, before.batch_id, before.position, count];
      const page = await read<LabelRecord>(statement, values);
      labels.push(...page.map(record => labelOf(name, record)));
      const last = page.at(-1);
      room = page.length < count ? -1 : room - count;
      if (last) before = last;
    }
    if (room === 0) outdated.push(...(await read<GivenLabel>(olderCounting, [name, before.at, rowsOfPage])));
  }
  return { labels, outdated };
}

interface Cursor {
  readonly at: string;
  readonly batch_id: string;
  readonly position: number;
}

const lastUuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

type LabelRecord = Omit<GivenLabel, 'principal' | 'place' | 'features'> &
  Cursor & { readonly hash: Buffer; readonly features: Buffer };

function labelOf(name: string, { at: _, hash, features, ...label }: LabelRecord): GivenLabel {
  return { ...label, principal: name, place: placeOf(hash), features: numbersOf(features) };
}

/** From one name to the next by the index, however many labels each has. */
const distinctPrincipals = {
  name: 'distinct-principals',
  text: `
    with recursive found as (
      (select ${principal} as principal from training where batch_id is not null order by 1 limit 1)
      union all
      select (
        select ${principal} from training where batch_id is not null and ${principal} > found.principal order by 1 limit 1
      )
      from found where found.principal is not null
    )
    select principal from found where principal is not null limit $1`,
};

function pageOfPrincipal(dataSet: DataSet): Statement {
  const text = `
    select batch_id, position::float8 as position, class, role, set_aside is not null as "isSetAside",
      ${personOf('reviewer')} as person,
      created::text as at, (extract(epoch from created) * 1000000)::float8 as time, note_hash as hash,
      ${judges} as judges, (
        -- By the sum, since the planner would otherwise walk through all items of the last class for its maximum.
        select max(own.class + 0) from training as own
        where own.batch_id is null and own.class = any (array[${classNumbers(dataSet)}]) and own.note_hash = page.note_hash
      ) as "ownClass",
      ${encodedFeatures(dataSet)} as features
    from (
      select * from training
      where batch_id is not null and ${principal} = $1
        and (created, batch_id, position) < ($2::timestamptz, $3::uuid, $4::bigint)
      order by created desc, batch_id desc, position desc
      limit $5
    ) as page`;
  return { name: 'page-of-principal', text };
}

const classNumbers = ({ label }: DataSet): string => label.classes.map((_, number) => number).join(', ');

const olderCounting = {
  name: 'older-counting',
  text: `
    select batch_id, position::float8 as position, class from training
    where role in ('trains', 'judges') and batch_id is not null and ${principal} = $1 and created < $2::timestamptz
    order by created desc limit $3`,
};
