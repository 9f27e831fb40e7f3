import { setTimeout as delay } from 'node:timers/promises';
import { exampleRow } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { z } from 'zod';
import type { Lookups } from './command.ts';
import { gcloud } from './command.ts';
import type { Project } from './project.ts';
import { deployed, type Site } from './site.ts';

const accepted = z.object({ batch_id: z.string() });

/** Where the two doors of the loop are, and the token with which we knock. */
export function addressLookups(site: Site): Lookups {
  const { settings } = site;
  const addressOf = (name: string) =>
    gcloud('run', 'services', 'describe', name, `--region=${settings.REGION}`, '--format=value(status.url)');
  return {
    INGEST_URL: addressOf(deployed(site, 'ingest-api')),
    PREDICT_URL: addressOf(deployed(site, 'predict-api')),
    TOKEN: gcloud('auth', 'print-identity-token'),
  };
}

export interface SmokeOptions {
  /** Of the issuer whose tokens the doors ask for (AUTH_JWKS_URL), if they do. */
  readonly ownToken?: string | undefined;
  readonly deadlineMs: number;
  readonly intervalMs: number;
}

/** The first note makes a first model be trained and several functions start. */
export const usualSmoke: SmokeOptions = {
  ownToken: process.env.LOOP_TOKEN,
  deadlineMs: 300_000,
  intervalMs: 2_000,
};

/** How it went: judged; or the doors were found shut, as they should be to one who has no token of either kind. */
export type SmokeResult = 'judged' | 'no Google token' | 'no own token';

/** Sends a note through the real loop, and waits until the loop says what it is. */
export async function smoke(
  project: Project,
  { settings }: Site,
  options: SmokeOptions,
): Promise<SmokeResult> {
  const [ingest, predict] = await Promise.all(['INGEST_URL', 'PREDICT_URL'].map(name => project.value(name)));
  if (!ingest || !predict) throw new Error('The HTTP functions are not there: run npm run deploy.');
  const [google, other] = await Promise.all([tokenFor(project, ingest), tokenFor(project, predict)]);
  if (!google || !other) return 'no Google token';

  const asksForOwn = settings.passedOn.AUTH_JWKS_URL !== undefined;
  const own = asksForOwn ? options.ownToken : undefined;
  const json = { 'content-type': 'application/json' };
  const body = JSON.stringify({
    subjects: ['smoke test'],
    features: [exampleRow(findDataSet(settings.DATA_SET).dataSet)],
  });
  const headers = { ...authorization(google, own), ...json };
  const posted = await call(`${ingest}/notes`, { method: 'POST', headers, body });
  if (asksForOwn && !own && posted.status === 401 && isOurs(posted)) return 'no own token';
  if (posted.status !== 202) throw new Error(explain('ingest-api', posted.status));
  const { batch_id } = accepted.parse(await posted.json());
  await untilJudged(`${predict}/batches/${batch_id}`, authorization(other, own), options);
  return 'judged';
}

/** Cloud Run takes Google's token from a header of its own where the other one is for the function. */
function authorization(google: string, own: string | undefined): Readonly<Record<string, string>> {
  if (!own) return { authorization: `Bearer ${google}` };
  return { 'x-serverless-authorization': `Bearer ${google}`, authorization: `Bearer ${own}` };
}

/** Cloud Run itself answers those whom it does not let in with a page. */
function isOurs({ headers }: Response): boolean {
  return headers.get('content-type')?.includes('json') ?? false;
}

/** A service account's token is for one address; a person's is for all, and gcloud refuses to name one. */
async function tokenFor(project: Project, url: string): Promise<string | undefined> {
  const print = ['auth', 'print-identity-token'];
  return (
    (await project.output(gcloud(...print, `--audiences=${url}`))) ?? (await project.output(gcloud(...print)))
  );
}

async function untilJudged(
  url: string,
  headers: Readonly<Record<string, string>>,
  { deadlineMs, intervalMs }: SmokeOptions,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { status } = await call(url, { headers });
    if (status === 200) return;
    if (status !== 404 && status < 500) throw new Error(explain('predict-api', status));
    if (Date.now() > deadline) {
      const seconds = deadlineMs / 1000;
      throw new Error(
        `An item was taken in, but not judged within ${seconds} s: see npm run deploy -- logs.`,
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
