import { buildIfChanged } from '@banknote-loop/build/if-changed';
import { type Loop, type LoopOptions, startLoop } from '@banknote-loop/local/loop';
import type { RequestMessage } from '@banknote-loop/shared';
import { until } from '@banknote-loop/testing';
import { z } from 'zod';
import { makeFolder } from './folder.ts';

const accepted = z.object({ batch_id: z.string() });

/** Does something while the whole loop turns, as `npm start` starts it, in a folder of its own. */
export async function withLoop<T>(
  options: Pick<LoopOptions, 'dataSet' | 'observe' | 'settings'>,
  work: (loop: Loop) => Promise<T>,
): Promise<T> {
  await buildIfChanged();
  const folder = makeFolder();
  try {
    // Nobody limits how often a benchmark may ask.
    const loop = await startLoop({
      folder: folder.path,
      port: 0,
      given: {},
      settings: { LOG_LEVEL: 'error' },
      ...options,
    });
    try {
      return await work(loop);
    } finally {
      await loop.stop();
    }
  } finally {
    folder.remove();
  }
}

/** Sends notes in as a user does, and waits until they can be rated. */
export async function sendNotes(loop: Loop, { subjects, features }: RequestMessage): Promise<RequestMessage> {
  const response = await fetch(`${loop.url}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ subjects, features }),
  });
  const { batch_id } = accepted.parse(await response.json());
  await until('the batch is stored', async () => (await fetch(`${loop.url}/batches/${batch_id}`)).ok);
  return { batch_id, subjects, features };
}
