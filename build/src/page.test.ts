import { defineHttp } from '@banknote-loop/shared';
import { buildPage } from './page.ts';

it('says of each function what it uses, but for who may call it', async () => {
  const api = defineHttp({ name: 'an-api', summary: 'Uses nothing.', routes: () => [] });
  const files = await buildPage([api]);
  expect(JSON.parse(String(Buffer.from(files.get('topology.json') ?? [])))).toEqual({
    functions: [{ name: 'an-api', summary: 'Uses nothing.', trigger: null, publishes: [], uses: [] }],
  });
});
