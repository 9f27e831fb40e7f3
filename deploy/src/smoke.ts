import { setTimeout as delay } from 'node:timers/promises';
import { sampleNotes } from '@banknote-loop/shared/contract';
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

/**
 * Sends a note through the real loop, and waits until the loop says what it is. Answers false if gcloud has no identity
 * token for the account that it works with: then nobody can knock.
 */
export async function smoke(project: Project, options: SmokeOptions): Promise<boolean> {
  const [ingest, predict] = await Promise.all(['INGEST_URL', 'PREDICT_URL'].map(name => project.value(name)));
  if (!ingest || !predict) throw new Error('The HTTP functions are not there: run npm run deploy.');
  const [mayIngest, mayPredict] = await Promise.all([tokenFor(project, ingest), tokenFor(project, predict)]);
  if (!mayIngest || !mayPredict) return false;

  const headers = { ...mayIngest, 'content-type': 'application/json' };
  const body = JSON.stringify({ subjects: ['smoke test'], features: [sampleNotes[0]] });
  const posted = await call(`${ingest}/notes`, { method: 'POST', headers, body });
  if (posted.status !== 202) throw new Error(explain('ingest-api', posted.status));
  const { batch_id } = accepted.parse(await posted.json());
  await untilJudged(`${predict}/batches/${batch_id}`, mayPredict, options);
  return true;
}

type Authorization = Readonly<Record<'authorization', string>>;

/** A service account's token is for one address; a person's is for all, and gcloud refuses to name one. */
async function tokenFor(project: Project, url: string): Promise<Authorization | undefined> {
  const print = ['auth', 'print-identity-token'];
  const token =
    (await project.output(gcloud(...print, `--audiences=${url}`))) ??
    (await project.output(gcloud(...print)));
  return token === undefined ? undefined : { authorization: `Bearer ${token}` };
}

async function untilJudged(
  url: string,
  headers: Authorization,
  { deadlineMs, intervalMs }: SmokeOptions,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { status } = await call(url, { headers });
    if (status === 200) return;
    if (status !== 404 && status < 500) throw new Error(explain('predict-api', status));
    if (Date.now() > deadline) {
      const seconds = deadlineMs / 1000;
      throw new Error(`A note was taken in, but not judged within ${seconds} s: see npm run deploy -- logs.`);
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
