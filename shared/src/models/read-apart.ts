import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { builtBeside } from '../base/built-beside.ts';
import { PermanentError } from '../base/errors.ts';
import type { DataSet } from '../data-set/declaration.ts';
import type { ForeignModel } from './foreign-model.ts';

/** What loads slowly, and answers slowly, may do so for this long; a file of ours takes a second at most. */
const mostMs = 60_000;
/** Of objects; a model's own numbers come besides. */
const mostMegabytes = 192;

export interface FileToRead {
  readonly dataSet: DataSet;
  readonly file: Uint8Array;
  readonly rows: Float64Array;
}
export type WhatBecameOfIt = { readonly model: ForeignModel } | { readonly refusal: string };

let turn: Promise<unknown> = Promise.resolve();

/**
 * The same as readForeignModel, in a process that ends with it: whoever asks this one for something else meanwhile is
 * answered as ever, and a file that takes more memory than there is takes only its own process down. One file at a time,
 * since each may take what memory there is for one.
 */
export function readForeignModelApart(
  dataSet: DataSet,
  file: Uint8Array,
  rows: Float64Array,
): Promise<ForeignModel> {
  const mine = turn.then(() => read({ dataSet, file, rows }));
  turn = mine.catch(() => {});
  return mine;
}

async function read(asked: FileToRead): Promise<ForeignModel> {
  const source = join(import.meta.dirname, 'foreign-model-process.ts');
  const child = fork(builtBeside('foreign-model-process', source), {
    // It needs no password; Windows starts nothing without this one.
    env: { SystemRoot: process.env.SystemRoot },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${mostMegabytes}`],
    timeout: mostMs,
    killSignal: 'SIGKILL',
  });
  try {
    child.send(asked);
    const [told]: readonly (WhatBecameOfIt | number | null)[] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit'),
    ]);
    if (typeof told !== 'object' || told === null) throw tookTooMuch();
    if ('refusal' in told) throw new PermanentError(told.refusal);
    return told.model;
  } finally {
    child.kill('SIGKILL');
  }
}

function tookTooMuch(): PermanentError {
  return new PermanentError(
    `The model is not taken: to look at it takes more than ${mostMegabytes} MB, or more than ${mostMs / 1000} s.`,
  );
}
