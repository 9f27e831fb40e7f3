import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { linearModel, treeModel } from '@banknote-loop/testing/onnx-models';
import { encodeRows, exampleRow } from '../data-set/row.ts';
import { readForeignModel } from './foreign-model.ts';
import { readForeignModelApart } from './read-apart.ts';

// As many as are tried for the quickest answer: on a busy machine most are slow.
const rows = encodeRows(banknotes, new Array(40).fill(exampleRow(banknotes)));
const read = (file: Uint8Array) => readForeignModelApart(banknotes, file, rows);

it('says of a file what is said of it here', async () => {
  const file = linearModel([-1, -0.5, -0.5, 0.1], 2);
  const apart = await read(file);
  expect(apart.fingerprint).toBe(readForeignModel(banknotes, file, rows).fingerprint);
  await expect(read(treeModel(5, 0, 0))).rejects.toThrow('takes 5 values of a row, and there are 4');
});

it('answers others meanwhile', async () => {
  const server = createServer((_request, response) => response.end('here')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let isOver = false;
  const reading = read(treeModel(4, 0, 0.5)).finally(() => {
    isOver = true;
  });
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('here');
  expect(isOver).toBe(false);
  await reading;
  server.close();
});

it('lives on when a file takes all the memory that there is for it', async () => {
  const file = Buffer.from(`{"format":"banknote-loop/model","lists":[${'[],'.repeat(9_000_000)}[]]}`);
  await expect(read(file)).rejects.toThrow('to look at it takes more than 192 MB');
});
