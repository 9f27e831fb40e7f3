import { defineHttp } from '@banknote-loop/shared';
import { buildPage } from './page.ts';

it('says of each function what it uses, but for who may call it', async () => {
  const api = defineHttp({ name: 'an-api', summary: 'Uses nothing.', routes: () => [] });
  const files = await buildPage([api]);
  expect(JSON.parse(String(Buffer.from(files.get('topology.json') ?? [])))).toEqual({
    functions: [{ name: 'an-api', summary: 'Uses nothing.', trigger: null, publishes: [], uses: [] }],
  });
});

it('lets a browser ask for all that the first script imports at once', async () => {
  const files = await buildPage([]);
  const text = (name: string): string => String(Buffer.from(files.get(name) ?? []));
  const [app = ''] = [...files.keys()].filter(name => /^app-.*\.js$/.test(name));
  const needed = new Set([app]);
  for (const name of needed) {
    for (const [, other = ''] of text(name).matchAll(/(?:from|import)"\.\/([^"]+)"/g)) needed.add(other);
  }
  // More than a browser asks for at the same time would cost another way there and back.
  expect(needed.size).toBeLessThanOrEqual(4);
  const asked = [
    ...text('index.html').matchAll(/(?:modulepreload" href|script type="module" src)="\/assets\/([^"]+)"/g),
  ];
  expect(new Set(asked.map(([, name]) => name))).toEqual(needed);
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
