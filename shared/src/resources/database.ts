import { defineResource } from './resource.ts';
import { databaseSettings } from './settings.ts';

/** The tables. Opening connects to nothing yet. */
export const database = defineResource({
  name: 'database',
  settings: databaseSettings,
  async open(settings, log, dataSet) {
    const [{ Database }, { connectPostgres, Password }, { readSecret }, { readTls }] = await Promise.all([
      import('../postgres/database.ts'),
      import('../postgres/connect.ts'),
      import('../secrets/read-secret.ts'),
      import('./encryption.ts'),
    ]);
    const { DBHOST: host, PGSSLMODE: mode, PGSSLROOTCERT: file, DB_CA_SECRET: secret } = settings;
    const tls = await readTls({ mode, host, file, secret }, settings);
    const password = new Password(() => readSecret(settings.DB_SECRET, settings));
    const pool = await connectPostgres(settings, password, log, tls);
    return {
      client: new Database(pool, password, dataSet),
      vitals: () => ({
        db_connections_used: pool.totalCount - pool.idleCount,
        db_requests_waiting: pool.waitingCount,
      }),
      close: () => pool.end(),
    };
  },
});
