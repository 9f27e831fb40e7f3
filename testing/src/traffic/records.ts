import type { ModelStore } from '@banknote-loop/shared/bucket';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { startInstance } from '@banknote-loop/shared/function';
import { connectPostgres, type Database, Password } from '@banknote-loop/shared/postgres';

import type { Cache } from '@banknote-loop/shared/redis';
import { cache, database, databaseSettings, modelStore, readSettings } from '@banknote-loop/shared/resources';

import { readSecret } from '@banknote-loop/shared/secrets';

import type { Pool } from 'pg';
import { quiet } from '../services.ts';

/** Everything that a loop keeps, opened as the functions open it and with their rights. */
export interface Records {
  readonly db: Database;
  readonly cache: Cache;
  readonly store: ModelStore;
  /** For looking at single rows. */
  readonly pool: Pool;
  close(): Promise<void>;
}

export async function openRecords(environment: Readonly<Record<string, string>>): Promise<Records> {
  const uses = { db: database, cache, store: modelStore };
  const instance = startInstance(
    { name: 'records', uses, publishes: [] },
    { ...environment, LOG_LEVEL: 'silent' },
    findDataSet(environment.DATA_SET ?? 'banknotes').dataSet,
  );
  const settings = readSettings(databaseSettings, environment);
  const password = new Password(() => readSecret('db-pass', settings));
  const pool = await connectPostgres(settings, password, quiet);
  return {
    ...(await instance.clients()),
    pool,
    async close() {
      await Promise.all([pool.end(), instance.close()]);
    },
  };
}
