import { type Call, type Handlers, nameOf } from './call.ts';
import type { Cloud } from './cloud.ts';

const services = 'run services';
const revisions = 'run revisions';

/** Services and their revisions, of which some or all answer. */
export const run: Handlers = {
  'run services describe': call => call.cloud.find(services, nameOf(call)),
  'run services update-traffic': call => {
    const name = nameOf(call);
    if (call.has('to-latest')) return serve(call.cloud, name, [latest(call.cloud, name)]);
    const shares = call
      .flag('to-revisions')
      .split(',')
      .map(share => share.split('='))
      .map(([revisionName = '', percent]) => ({ revisionName, percent: Number(percent) }));
    for (const { revisionName } of shares) call.cloud.find(revisions, revisionName);
    return serve(call.cloud, name, shares);
  },
  'run revisions describe': call => call.cloud.find(revisions, nameOf(call)),
  'run revisions list': listRevisions,
};

function listRevisions(call: Call) {
  const [, before = '9'] = /creationTimestamp<"([^"]+)"/.exec(call.flag('filter')) ?? [];
  return call.cloud
    .list(revisions, `${call.flag('service')}-0`)
    .filter(revision => createdAt(revision) < before)
    .toSorted((a, b) => createdAt(b).localeCompare(createdAt(a)))
    .slice(0, 1);
}

function createdAt(revision: Readonly<Record<string, unknown>>): string {
  return String(Reflect.get(Object(revision.metadata), 'creationTimestamp'));
}

interface Share {
  readonly revisionName: string;
  readonly percent: number;
  readonly latestRevision?: true;
}

function latest(cloud: Cloud, name: string): Share {
  const { status } = cloud.find(services, name);
  const revisionName = String(Reflect.get(Object(status), 'latestReadyRevisionName'));
  return { revisionName, percent: 100, latestRevision: true };
}

function serve(cloud: Cloud, name: string, shares: readonly Share[]): void {
  const { status } = cloud.find(services, name);
  cloud.change(services, name, {
    // What was asked for names no revision where the latest one is meant.
    spec: {
      traffic: shares.map(({ revisionName, ...share }) =>
        share.latestRevision ? share : { ...share, revisionName },
      ),
    },
    status: { ...Object(status), traffic: shares },
  });
}

/** A service keeps to the revisions that it was pinned to, unless it is told to serve the latest. */
export function addRevision(cloud: Cloud, name: string, environment: string, servesLatest: boolean): void {
  const count = cloud.list(revisions, `${name}-0`).length + 1;
  const revisionName = `${name}-${String(count).padStart(5, '0')}`;
  const metadata = {
    name: revisionName,
    creationTimestamp: new Date(Date.UTC(2026, 0, count)).toISOString(),
  };
  cloud.make(revisions, revisionName, { metadata });
  const fresh = !cloud.has(services, name);
  if (fresh) cloud.make(services, name, {});
  const { status, spec } = cloud.find(services, name);
  const isPinned =
    Reflect.get(Object(Reflect.get(Object(spec), 'traffic'))[0] ?? {}, 'latestRevision') !== true;
  cloud.change(services, name, {
    environment,
    status: { ...Object(status), url: `${cloud.address}/${name}`, latestReadyRevisionName: revisionName },
  });
  if (fresh || servesLatest || !isPinned) serve(cloud, name, [latest(cloud, name)]);
}

export function removeService(cloud: Cloud, name: string): void {
  cloud.remove(services, name);
  for (const key of Object.keys(cloud.state.things)) {
    if (key.startsWith(`${revisions} ${name}-0`)) delete cloud.state.things[key];
  }
}
