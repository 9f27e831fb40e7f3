import { chownSync, copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@banknote-loop/local/ports';
import { type Postgres, startPostgres } from '@banknote-loop/local/postgres';
import { prepareSecret } from '@banknote-loop/local/prepare-cloud';
import { prepareDatabase } from '@banknote-loop/local/prepare-database';
import { type Redis, startRedis } from '@banknote-loop/local/redis';
import { type Secrets, startSecrets } from '@banknote-loop/local-cloud';
import { failureOf, until } from '@banknote-loop/testing';
import { makeCertificates } from '@banknote-loop/testing/certificates';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { quiet } from '@banknote-loop/testing/services';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { Client } from 'pg';
import { plaintext } from '../base/emulator.ts';
import { classify } from '../base/errors.ts';
import { cache } from './cache.ts';
import { database } from './database.ts';

// A PostgreSQL and a Redis that talk to nobody who does not encrypt, with certificates made for this run.

const folder = mkdtempSync(join(tmpdir(), 'banknote-loop-tls-'));
const ours = makeCertificates(folder, 'ours');
const others = makeCertificates(folder, 'others');
const place = { PROJECT_ID: 'test' };
let secrets: Secrets;
let secretsAt: { readonly SECRET_MANAGER_EMULATOR_HOST: string };
beforeAll(async () => {
  secrets = await startSecrets({ folder: join(folder, 'secrets') });
  secretsAt = { SECRET_MANAGER_EMULATOR_HOST: secrets.address };
  await prepareSecret('test', secrets.address, 'of the loop');
  await prepareSecret('test', secrets.address, readFileSync(ours.authority, 'utf8'), 'ca');
  await prepareSecret('test', secrets.address, 'first', 'redis-auth');
});
afterAll(async () => {
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('PostgreSQL', () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres({ folder: join(folder, 'postgres'), durable: false });
    await prepareDatabase(server, 'banknotes', 'of the loop');
    const { dataFolder } = server;
    const { uid, gid } = statSync(dataFolder);
    for (const [from, to] of [
      [ours.certificate, 'server.crt'],
      [ours.key, 'server.key'],
    ] as const) {
      copyFileSync(from, join(dataFolder, to));
      chownSync(join(dataFolder, to), uid, gid);
    }
    await asOwner('alter system set ssl = on');
    writeFileSync(join(dataFolder, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
    await server.restart();
  });
  afterAll(() => server.stop());

  async function asOwner(text: string) {
    const { host, port, user, password } = server;
    const ssl = text.startsWith('alter') ? false : { rejectUnauthorized: false };
    const owner = new Client({ host, port, user, password, database: 'banknotes', ssl });
    await owner.connect();
    try {
      return (await owner.query(text)).rows;
    } finally {
      await owner.end();
    }
  }

  async function ask(settings: Readonly<Record<string, string>>, whileOpen = async () => {}): Promise<void> {
    const { host: DBHOST, port } = server;
    const address = { DBHOST, DBPORT: String(port), DBNAME: 'banknotes', DBUSER: 'banknote_loop' };
    const parsed = database.settings.parse({ ...place, ...secretsAt, ...address, ...settings });
    const opened = await database.open(parsed, quiet, banknotes);
    try {
      await opened.client.ping();
      await whileOpen();
    } finally {
      await opened.close();
    }
  }

  it.each<[string, Record<string, string>]>([
    ['require', {}],
    ['verify-ca', { PGSSLROOTCERT: ours.authority }],
    ['verify-ca', { DB_CA_SECRET: 'ca' }],
    // Where it listens is an address, and the certificate is for that alone.
    ['verify-ca', { PGSSLROOTCERT: ours.authority, DBHOST: 'localhost' }],
    ['verify-full', { PGSSLROOTCERT: ours.authority }],
  ])('is reached by an encrypted connection: %s %j', async (PGSSLMODE, settings) => {
    await ask({ PGSSLMODE, ...settings }, async () => {
      const text = `select ssl from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'banknote_loop'`;
      expect(await asOwner(text)).toEqual([{ ssl: true }]);
    });
  });

  it.each<[string, Record<string, string>]>([
    ['disable', {}],
    ['verify-ca', { PGSSLROOTCERT: others.authority }],
    ['verify-ca', {}],
    ['verify-full', { PGSSLROOTCERT: ours.authority, DBHOST: 'localhost' }],
  ])('is not talked to where that would not be safe: %s %j', async (PGSSLMODE, settings) => {
    const error = await failureOf(ask({ PGSSLMODE, ...settings }));
    expect(classify(error)).toBe('transient');
  });

  it('takes no word for secure that PostgreSQL does not take for it', () => {
    expect(database.settings.shape.PGSSLMODE.safeParse('prefer').success).toBe(false);
  });
});

describe('Redis', () => {
  let server: Redis;
  beforeAll(async () => {
    const port = await findFreePort();
    const files = ['--tls-cert-file', ours.certificate, '--tls-key-file', ours.key];
    const tls = ['--port', '0', '--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
    const args = [...tls, '--tls-ca-cert-file', ours.authority, '--requirepass', 'first'];
    server = await startRedis({ port, args });
  });
  afterAll(() => server.stop());

  async function open(settings: Readonly<Record<string, string>>) {
    const address = { REDISHOST: server.host, REDISPORT: String(server.port) };
    return cache.open(
      cache.settings.parse({ ...place, ...secretsAt, ...address, ...settings }),
      quiet,
      banknotes,
    );
  }

  async function ask(settings: Readonly<Record<string, string>>): Promise<string> {
    const opened = await open(settings);
    try {
      return await opened.client.redis.ping();
    } finally {
      await opened.close();
    }
  }

  const known = { REDIS_TLS: 'verify-ca', REDIS_CACERT: ours.authority };

  it.each<Record<string, string>>([
    { REDIS_TLS: 'require', REDIS_PASSWORD: 'first' },
    { ...known, REDIS_PASSWORD: 'first' },
    { REDIS_TLS: 'verify-ca', REDIS_CA_SECRET: 'ca', REDIS_SECRET: 'redis-auth' },
    { ...known, REDIS_TLS: 'verify-full', REDIS_PASSWORD: 'first' },
  ])('is reached by an encrypted connection, with its password: %j', async settings => {
    expect(await ask(settings)).toBe('PONG');
  });

  it.each<Record<string, string>>([
    { REDIS_PASSWORD: 'first' },
    known,
    { ...known, REDIS_PASSWORD: 'wrong' },
    { REDIS_TLS: 'verify-ca', REDIS_CACERT: others.authority, REDIS_PASSWORD: 'first' },
    { ...known, REDIS_TLS: 'verify-full', REDISHOST: 'localhost', REDIS_PASSWORD: 'first' },
  ])('is not reached otherwise: %j', async settings => {
    expect(classify(await failureOf(ask(settings)))).toBe('transient');
  });

  it('goes on with another password once the secret has it', async () => {
    const { client, close } = await open({ ...known, REDIS_SECRET: 'redis-auth' });
    const { redis } = client;
    await redis.config('SET', 'requirepass', 'second');
    const secretManager = new SecretManagerServiceClient({
      projectId: 'test',
      ...(await plaintext(secrets.address)),
    });
    const parent = secretManager.secretPath('test', 'redis-auth');
    await secretManager.addSecretVersion({ parent, payload: { data: Buffer.from('second') } });
    await secretManager.close();
    // Whoever is logged in stays so, until the connection is lost.
    redis.disconnect(true);
    await until('the new password is used', () =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    );
    await close();
  });
});
