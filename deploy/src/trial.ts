import { z } from 'zod';
import { type Command, gcloud } from './command.ts';
import { at } from './faults.ts';
import type { Project } from './project.ts';
import type { Trial } from './step.ts';

// A new revision is given a small share of the requests first, and all of them only if it does not do worse.

const share = 5;
/** Instances start in the first minute, which says nothing of how they work. */
const settlingMs = 60_000;
/** With fewer requests than this, one slow answer would decide. */
const leastRequests = 50;

const requests = z.array(
  z.object({
    resource: z.object({ labels: z.object({ revision_name: z.string() }) }),
    httpRequest: z.object({ status: z.coerce.number(), latency: z.string().default('0s') }),
  }),
);

export type Requests = z.output<typeof requests>;

/** Tries the latest revision out. Answers in a sentence why it is worse than those before, if it is. */
export async function tryLatest(project: Project, trial: Trial, found: unknown): Promise<string | undefined> {
  const { name, region, minutes } = trial;
  const shift = (to: string): Command =>
    gcloud('run', 'services', 'update-traffic', name, `--to-revisions=${to}`, `--region=${region}`);
  const latest = String(at(found, 'status.latestReadyRevisionName'));
  const before = servingOf(found);
  if (!before || before === latest) return undefined;
  await project.run(shift(`LATEST=${share}`));
  await project.wait(settlingMs);
  const since = new Date().toISOString();
  await project.wait(minutes * 60_000);
  const seen = requests.parse((await project.find(requestsCommand(name, since))) ?? []);
  const why = worse(seen, latest);
  if (why) await project.run(shift(`${before}=100`));
  return (
    why &&
    `${latest} was tried with ${share} % of the requests and is worse than ${before}, which answers again: ${why}`
  );
}

function servingOf(found: unknown): string | undefined {
  const traffic = z
    .array(z.object({ revisionName: z.string(), percent: z.number().default(0) }))
    .catch([])
    .parse(at(found, 'status.traffic'));
  return traffic.toSorted((a, b) => b.percent - a.percent)[0]?.revisionName;
}

function requestsCommand(name: string, since: string): Command {
  return gcloud(
    ...['logging', 'read', '--limit=20000', '--order=desc'],
    `resource.type="cloud_run_revision" AND resource.labels.service_name="${name}" AND log_id("run.googleapis.com/requests") AND timestamp>="${since}"`,
    '--format=json(resource.labels.revision_name,httpRequest.status,httpRequest.latency)',
  );
}

/** Why the latest revision does worse than the others, if it does. */
export function worse(seen: Requests, latest: string): string | undefined {
  const isLatest = ({ resource }: Requests[number]): boolean => resource.labels.revision_name === latest;
  const [now, then] = [seen.filter(isLatest), seen.filter(one => !isLatest(one))].map(judge);
  if (!now || !then || now.count === 0) return undefined;
  // Two errors may be chance; one in a hundred is not, unless it was so before.
  if (now.errors > 2 && now.errorShare > Math.max(0.01, 1.5 * then.errorShare)) {
    return `${percent(now.errorShare)} of its answers are errors, instead of ${percent(then.errorShare)}`;
  }
  const enough = now.count >= leastRequests && then.count >= leastRequests;
  if (enough && now.p99 > 1.5 * then.p99 + 0.1) {
    return `99 of 100 answers take up to ${now.p99.toFixed(2)} s, instead of ${then.p99.toFixed(2)} s`;
  }
  return undefined;
}

function judge(seen: Requests) {
  const errors = seen.filter(({ httpRequest }) => httpRequest.status >= 500).length;
  const latencies = seen
    .map(({ httpRequest }) => Number.parseFloat(httpRequest.latency))
    .toSorted((a, b) => a - b);
  const p99 = latencies[Math.ceil(0.99 * latencies.length) - 1] ?? 0;
  return { count: seen.length, errors, errorShare: errors / Math.max(1, seen.length), p99 };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
