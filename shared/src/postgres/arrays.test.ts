import { openTestDatabase, type TestDatabase } from '@banknote-loop/testing/services';
import fc from 'fast-check';
import { booleans, doubles, integers, texts, times, uuids } from './arrays.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await openTestDatabase({ seeded: false });
});
afterAll(() => test.close());

const storable = fc
  .string({ unit: 'binary' })
  .filter(text => text.isWellFormed() && !text.includes('\u0000'));

const moments = fc.date({
  noInvalidDate: true,
  min: new Date('1900-01-01'),
  max: new Date('2200-01-01'),
});

bringsAll('uuid[]', uuids, fc.uuid());
bringsAll('text[]', texts, storable);
bringsAll('int[]', integers, fc.integer());
bringsAll('boolean[]', booleans, fc.boolean());
bringsAll('float8[]', doubles, fc.double());
bringsAll('timestamptz[]', times, moments);

function bringsAll<Value>(
  type: string,
  encode: (values: readonly (Value | null)[]) => Buffer,
  values: fc.Arbitrary<Value>,
): void {
  it(`brings every ${type} to the server as it is`, async () => {
    const lists = fc.array(fc.option(values));
    const property = fc.asyncProperty(lists, async list => {
      const { rows } = await test.pool.query(`select $1::${type} as list`, [encode(list)]);
      expect(rows).toEqual([{ list }]);
    });
    await fc.assert(property, { numRuns: 50 });
  });
}
