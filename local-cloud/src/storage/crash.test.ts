import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStorage } from './start.ts';

const script = (folder: string) => `
  import { startStorage } from ${JSON.stringify(path.join(import.meta.dirname, 'start.ts'))};
  const { url } = await startStorage({ folder: ${JSON.stringify(folder)} });
  await fetch(url + '/b', { method: 'POST', body: '{"name":"models"}' });
  console.log(url);
`;

const contentOf = (index: number) => `content ${index} `.repeat(5000);
const put = (url: string, index: number) =>
  fetch(`${url}/upload/storage/v1/b/models/o?uploadType=media&name=${index}`, {
    method: 'POST',
    body: contentOf(index),
  });

it('has every object that it acknowledged, whole, after it was killed amid uploads', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'storage-crash-test-'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(folder)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'close');
  const [line] = await once(child.stdout, 'data');
  const url = String(line).trim();

  const acknowledged: number[] = [];
  const upload = async (index: number): Promise<void> => {
    const answer = await put(url, index).catch(() => undefined);
    if (answer?.ok) acknowledged.push(index);
    if (acknowledged.length === 20) child.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: 60 }, (_, index) => upload(index)));
  await ended;

  const server = await startStorage({ folder });
  for (const index of acknowledged) {
    const download = await fetch(`${server.url}/b/models/o/${index}?alt=media`);
    const text = await download.text();
    expect(text).toBe(contentOf(index));
    expect(download.headers.get('x-goog-hash')).toContain(createHash('md5').update(text).digest('base64'));
  }
  const { items } = (await (await fetch(`${server.url}/b/models/o`)).json()) as { items: object[] };
  expect(readdirSync(path.join(folder, 'buckets', 'models'))).toHaveLength(1 + 2 * items.length);
  await server.close();
  rmSync(folder, { recursive: true });
});
