import { defineHttp } from '@banknote-loop/shared';
import { buildPage } from './page.ts';

it('says of each function what it uses, but for who may call it', async () => {
  const api = defineHttp({ name: 'an-api', summary: 'Uses nothing.', routes: () => [] });
  const files = await buildPage([api]);
  expect(JSON.parse(String(Buffer.from(files.get('topology.json') ?? [])))).toEqual({
    functions: [{ name: 'an-api', summary: 'Uses nothing.', trigger: null, publishes: [], uses: [] }],
  });
});

it('keeps the code for signing in, and of the audit log, out of what everybody loads', async () => {
  const files = await buildPage([]);
  const scripts = [...files].filter(([name]) => name.endsWith('.js'));
  const has = (text: string) =>
    scripts.filter(([, content]) => Buffer.from(content).includes(text)).map(([name]) => name);
  for (const text of ['/session/begin', '/audit/export']) {
    expect(has(text)).toHaveLength(1);
    expect(has(text)).not.toEqual([expect.stringMatching(/^(app|docs)-/)]);
  }
});
