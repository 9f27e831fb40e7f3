import type { Loop } from '@banknote-loop/local/loop';
import { createLogger } from '@banknote-loop/shared/base';
import { connectRedis, Sessions } from '@banknote-loop/shared/redis';
import { alternate, type Series } from '../measure.ts';
import type { Part } from '../part.ts';
import type { Goal, ReportTable } from '../report.ts';
import { drawItems, type LoadOptions, load } from '../stress/load.ts';
import { withLoop } from '../with-loop.ts';
import { type Issuer, startIssuer } from './issuer.ts';

const audience = 'bench';
const clientId = 'the-page';
const pageUrl = 'http://127.0.0.1:8080';
const quiet = { LOG_LEVEL: 'error' };
/** So many that nobody is ever made to wait; each request is counted all the same. */
const noLimit = '1000000000';
const widths = [1, 16];

type Door = 'open' | 'token' | 'session' | 'counted';
const words: Readonly<Record<Exclude<Door, 'open'>, string>> = {
  token: 'with a token, its signature checked',
  session: "with the page's cookie: a key of Redis, decrypted, and the token in it checked",
  counted: 'counted against a rate limit',
};

/** What it costs to be asked who one is. */
export const doors: Part = {
  name: 'doors',
  summary: 'POST /predict with what is checked at the door, against an open one, in turns',
  async measure({ quick, rounds }) {
    const issuer = await startIssuer();
    const signIn = {
      AUTH_JWKS_URL: issuer.url,
      AUTH_ISSUER: issuer.url,
      AUTH_AUDIENCE: audience,
      AUTH_CLIENT_ID: clientId,
      AUTH_PAGE_URL: pageUrl,
    };
    const measure = async (open: Loop, closed: Loop, counting: Loop) => {
      const ways: Readonly<Record<Door, Pick<LoadOptions, 'url' | 'token' | 'cookie'>>> = {
        open: { url: open.url },
        token: { url: closed.url, token: issuer.tokenFor(audience) },
        session: { url: closed.url, cookie: await openSession(closed, issuer) },
        counted: { url: counting.url },
      };
      const items = await drawItems(ways.open);
      const found = [];
      for (const connections of widths) {
        const ask = (door: Door) => () => requestsPerSecond({ ...ways[door], connections, quick }, items);
        const variants = {
          open: ask('open'),
          token: ask('token'),
          session: ask('session'),
          counted: ask('counted'),
        };
        found.push({ connections, series: await alternate(rounds, variants) });
      }
      return { tables: [tableOf(found)], targets: found.flatMap(targetsOf) };
    };
    try {
      return await withLoop({ settings: quiet }, open =>
        withLoop({ settings: { ...quiet, ...signIn } }, closed =>
          withLoop({ settings: { ...quiet, RATE_LIMIT_PER_MINUTE: noLimit } }, counting =>
            measure(open, closed, counting),
          ),
        ),
      );
    } finally {
      issuer.close();
    }
  },
};

/** Somebody has signed in: what the provider would give is put where sessions are, and the browser has its key. */
async function openSession({ environment }: Loop, issuer: Issuer): Promise<string> {
  const { REDISHOST = '', REDISPORT } = environment;
  const redis = await connectRedis(
    { REDISHOST, REDISPORT: Number(REDISPORT) },
    createLogger('bench', 'silent'),
  );
  try {
    const key = await new Sessions(redis).open({ principal: 'bench', idToken: issuer.tokenFor(clientId) });
    return `session-${new URL(pageUrl).port}=${key}`;
  } finally {
    redis.disconnect();
  }
}

async function requestsPerSecond(
  {
    quick,
    ...way
  }: Pick<LoadOptions, 'url' | 'token' | 'cookie' | 'connections'> & { readonly quick: boolean },
  items: readonly unknown[][],
): Promise<number> {
  const { perSecond, statuses } = await load({ ...way, scenario: 'predict', seconds: quick ? 1 : 3 }, items);
  const refused = Object.keys(statuses).filter(status => status !== '200');
  if (refused.length > 0) throw new Error(`The loop answered ${refused.join(', ')}.`);
  return perSecond;
}

interface Found {
  readonly connections: number;
  readonly series: Series<Door>;
}

const checked = ['token', 'session', 'counted'] as const;

function tableOf(found: readonly Found[]): ReportTable {
  return {
    title: 'POST /predict',
    columns: ['connections', 'what is checked', 'requests/s', 'of an open door'],
    rows: found.flatMap(({ connections, series }) => [
      [connections, 'nothing', series.spread('open'), 1],
      ...checked.map(door => [connections, words[door], series.spread(door), series.ratio(door, 'open')]),
    ]),
  };
}

function targetsOf({ connections, series }: Found): readonly Goal[] {
  return checked.map(door => ({
    what: `${connections} connections, ${words[door]}: share of what an open door answers`,
    measured: series.ratio(door, 'open').median,
    atLeast: 0.95,
  }));
}
