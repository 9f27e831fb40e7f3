import { ownMigrations } from '@banknote-loop/local/prepare-database';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import type { DataSet } from '@banknote-loop/shared/data-set';
import type { EventFunction } from '@banknote-loop/shared/function';
import { loadRecorded } from '@banknote-loop/shared/models';
import type { Database } from '@banknote-loop/shared/postgres';

import type { DeadLetters, PubSubAddress } from '@banknote-loop/shared/pubsub';
import { findDifferences } from '@banknote-loop/shared/rebuild';
import type { Cache } from '@banknote-loop/shared/redis';
import { type Check, expectNone } from './check.ts';
import { inspectMessaging } from './messaging.ts';

export interface Parts {
  readonly pubsub: PubSubAddress;
  readonly dataSet: DataSet;
  readonly functions: readonly EventFunction[];
  readonly db: Database;
  readonly cache: Cache;
  readonly store: ModelStore;
  readonly deadLetters: DeadLetters;
}

/** The services, and that what is in them fits together. */
export function serviceChecks({
  pubsub,
  dataSet,
  functions,
  db,
  cache,
  store,
  deadLetters,
}: Parts): readonly Check[] {
  return [
    postgresCheck(db),
    {
      name: 'Redis',
      run: async () =>
        `answers, ${(await cache.newestBatches(1)).length === 0 ? 'no batches yet' : 'with batches'}`,
      remedy: 'Start Redis, and check REDISHOST and REDISPORT. If it lost its data: npm run rebuild-cache.',
    },
    {
      name: 'Pub/Sub',
      run: async () =>
        expectNone(
          await inspectMessaging(pubsub, functions),
          `topics and ${functions.length} subscriptions with their policies are there`,
        ),
      remedy: 'npm start makes and mends them on the laptop, npm run deploy in the cloud.',
    },
    {
      name: 'dead letters',
      run: async () => expectNone(tell((await deadLetters.listAll()).length), 'none'),
      remedy: 'See what they are: npm run dead-letters. docs/operations.md says what to do with them.',
    },
    {
      name: 'model',
      async run() {
        const name = (await db.models.live())?.model_file_name;
        if (!name) throw new Error('No model has been promoted yet.');
        const { facts, isOfEarlier } = await loadRecorded(dataSet, { db, store }, name);
        const until = isOfEarlier
          ? '; made for an earlier declaration, it answers until the next training'
          : '';
        return `${name}, trained ${facts.created}, passes its own test${until}`;
      },
      remedy:
        'Train one: npm run models -- train. If its file is lost or damaged: npm run models -- rollback.',
    },
    {
      name: 'Redis = PostgreSQL',
      run: async () => expectNone(await lastingDifferences(cache, db), 'the same batches, jobs and model'),
      remedy: 'Type npm run rebuild-cache.',
    },
  ];
}

function tell(count: number): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? 'message waits' : 'messages wait'} in dead-letter.`];
}

export function postgresCheck(db: Database): Check {
  return {
    name: 'PostgreSQL',
    async run() {
      const found = await db.schemaVersion();
      const wanted = ownMigrations().at(-1)?.version ?? 0;
      if (found < wanted) {
        throw new Error(`The tables are of version ${found}, and this code needs ${wanted}.`);
      }
      return `answers, tables of version ${found}`;
    },
    remedy:
      'Start the database, and check DBHOST and the secret db-pass. If the tables lag behind: npm run migrate.',
  };
}

const attempts = 10;

/** What is on its way is in one of the two before it is in the other. */
async function lastingDifferences(cache: Cache, db: Database): Promise<readonly string[]> {
  for (let attempt = 1; attempt < attempts; attempt += 1) {
    if ((await findDifferences(cache, db)).length === 0) return [];
  }
  return findDifferences(cache, db);
}
