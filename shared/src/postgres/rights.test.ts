import { openTestDatabase, type TestDatabase, testPassword } from '@banknote-loop/testing/services';
import { Client } from 'pg';
import { readTopology } from '../../../functions/topology.ts';
import { functionsWithRights, roleOf, userOf } from './rights.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase();
});
afterAll(() => test.close());

async function asFunction<T>(name: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { DBHOST: host, DBPORT: port, DBNAME: database, DBUSER } = test.settings;
  const user = userOf(name, DBUSER);
  const client = new Client({ host, port: Number(port), database, user, password: testPassword });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

it('has a role for each function that uses tables, and for no other', async () => {
  const using = (await readTopology()).filter(({ uses }) =>
    Object.values(uses).some(({ name }) => name === 'database'),
  );
  expect(using.map(({ name }) => name).toSorted()).toEqual(functionsWithRights.toSorted());
});

it.each(functionsWithRights)('lets %s log in with the rights of its role, and no others', async name => {
  const { rows } = await asFunction(name, client =>
    client.query(
      `select array(select role::regrole::text from (select roleid as role from pg_auth_members where member = me.oid)) as roles,
         rolcreaterole, rolcreatedb, rolsuper
       from pg_roles me where rolname = current_user`,
    ),
  );
  expect(rows).toEqual([
    { roles: [roleOf(name)], rolcreaterole: false, rolcreatedb: false, rolsuper: false },
  ]);
});

const row = 'insert into training (variance, skewness, curtosis, entropy, class) values (1, 2, 3, 4, 1)';

it.each<[string, string]>([
  ['prediction-to-db', 'select from training'],
  ['prediction-to-db', 'select salt from hold_out'],
  ['prediction-to-db', `update predictions set reviewer = 'somebody', verified = true`],
  ['prediction-to-db', 'update predictions set variance = 0'],
  ['feedback-to-db', 'insert into predictions (batch_id) values (gen_random_uuid())'],
  ['feedback-to-db', `update predictions set prediction = 'real'`],
  ['feedback-to-db', 'update training set class = 1'],
  ['feedback-to-db', row],
  ['feedback-to-training', 'select from models'],
  ['feedback-to-training', 'update predictions set is_correct = true'],
  ['feedback-to-training', 'update training set variance = 0'],
  ['training', row],
  ['training', 'delete from training'],
  ['training', 'update training set class = 1'],
  ['training', 'update predictions set is_correct = true'],
  ['training', 'select from audit'],
  ['training-to-db', 'select from predictions'],
  ['training-to-db', 'select from training'],
  ['training-to-db', 'select from audit'],
  ['predict-api', 'select salt from hold_out'],
  ['predict-api', row],
  ['predict-api', 'update training set class = 1'],
  ['predict-api', 'update predictions set is_correct = true'],
  ['predict-api', 'update audit set who = null'],
  ['predict-api', 'delete from audit'],
])('does not let %s: %s', async (name, statement) => {
  await expect(asFunction(name, client => client.query(statement))).rejects.toMatchObject({ code: '42501' });
});

it('gives users names that PostgreSQL does not cut', () => {
  const long = 'x'.repeat(55);
  const names = ['training', 'training-to-db', 'training-to-cache'].map(name => userOf(name, long));
  expect(userOf('training-to-db', 'iris_loop')).toBe('iris_loop_training_to_db');
  expect(new Set(names.map(name => name.slice(0, 63))).size).toBe(names.length);
});
