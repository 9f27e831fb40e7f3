import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { gcloud } from './command.ts';
import type { Lookups } from './lookups.ts';
import type { Project } from './project.ts';
import type { Site } from './site.ts';

const accepted = z.object({ batch_id: z.string() });

/** Where the two doors of the loop are, and the token with which we knock. */
export function addressLookups({ settings }: Site): Lookups {
  const addressOf = (name: string) =>
    gcloud(
      ...['functions', 'describe', name, '--gen2', `--region=${settings.REGION}`],
      '--format=value(serviceConfig.uri)',
    );
  return {
    INGEST_URL: addressOf('ingest-api'),
    PREDICT_URL: addressOf('predict-api'),
    TOKEN: gcloud('auth', 'print-identity-token'),
  };
}

export interface SmokeOptions {
  readonly deadlineMs: number;
  readonly intervalMs: number;
}

/** The first note makes a first model be trained and several functions start. */
export const usualSmoke: SmokeOptions = { deadlineMs: 300_000, intervalMs: 2_000 };

/** Sends a note through the real loop, and waits until the loop says what it is. */
export async function smoke(project: Project, { deadlineMs, intervalMs }: SmokeOptions): Promise<void> {
  const [ingest, predict, token] = await Promise.all(
    ['INGEST_URL', 'PREDICT_URL', 'TOKEN'].map(name => project.value(name)),
  );
  if (!ingest || !predict) throw new Error('The HTTP functions are not there: run npm run deploy.');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ subjects: ['smoke test'], features: [[3.62, 8.67, -2.81, -0.45]] });
  const posted = await call(`${ingest}/notes`, { method: 'POST', headers, body });
  if (posted.status !== 202) throw new Error(explain('ingest-api', posted.status));
  const { batch_id } = accepted.parse(await posted.json());

  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const answer = await call(`${predict}/batches/${batch_id}`, { headers });
    if (answer.status === 200) return;
    if (answer.status !== 404 && answer.status < 500) throw new Error(explain('predict-api', answer.status));
    if (Date.now() > deadline) {
      throw new Error(
        `The batch ${batch_id} was taken in, but not judged within ${deadlineMs / 1000} s: see npm run deploy -- logs.`,
      );
    }
    await delay(intervalMs);
  }
}

function call(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
}

function explain(name: string, status: number): string {
  const may = status === 401 || status === 403;
  const remedy = may
    ? 'you may not call it: add yourself to INVOKERS and deploy again'
    : 'see npm run deploy -- logs';
  return `${name} answered ${status}: ${remedy}.`;
}
