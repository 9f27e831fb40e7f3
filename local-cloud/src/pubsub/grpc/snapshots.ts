import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { applyFieldMask } from '../../rpc/field-mask.ts';
import type { Methods } from '../../rpc/methods.ts';
import { pageOf } from '../../rpc/page.ts';
import { refuseOptions } from '../../rpc/refused-options.ts';
import type { Snapshot } from '../broker/snapshots.ts';
import { failedPrecondition, invalidArgument } from '../errors.ts';
import type { SeekTarget } from '../journal/record.ts';
import { checkResourceName, projectOf, randomName } from '../resource-names.ts';
import type { SubscriberContext } from './delivery.ts';
import { emptyMessage, wire } from './protocol.ts';
import { subscriptionNamed } from './subscription-named.ts';
import { fromTimestamp, toTimestamp } from './time.ts';

type WireSnapshot = google.pubsub.v1.ISnapshot;

const path = (method: string) => `/google.pubsub.v1.Subscriber/${method}`;

function wireSnapshot({ settings: { name, topic, labels, expiresAt } }: Snapshot): WireSnapshot {
  return { name, topic, labels: { ...labels }, expireTime: toTimestamp(expiresAt) };
}

/** Answers the methods by which a subscription is set back, or forth. */
export function registerSnapshots(methods: Methods, context: SubscriberContext): void {
  registerSnapshotChanges(methods, context);
  registerSnapshotLists(methods, context);
  registerSeek(methods, context);
}

function registerSnapshotChanges(methods: Methods, { broker, journal }: SubscriberContext): void {
  methods.register({
    path: path('CreateSnapshot'),
    request: wire.CreateSnapshotRequest,
    response: wire.Snapshot,
    async handle({ name: wanted, subscription, labels, tags }) {
      subscriptionNamed(broker, subscription);
      const name = wanted || randomName('snapshot', subscription);
      checkResourceName('snapshot', name);
      refuseOptions({ tags }, { tags: 'resource tags (tags)' });
      const snapshot = broker.createSnapshot({ name, labels }, subscription);
      await journal.written();
      return wireSnapshot(snapshot);
    },
  });

  methods.register({
    path: path('UpdateSnapshot'),
    request: wire.UpdateSnapshotRequest,
    response: wire.Snapshot,
    async handle({ snapshot, updateMask }) {
      const present = broker.snapshot(snapshot?.name ?? '');
      const updatable = { labels: 'labels', expire_time: 'expireTime' } as const;
      const { labels, expireTime } = applyFieldMask<WireSnapshot>(
        wireSnapshot(present),
        snapshot ?? {},
        updateMask?.paths ?? [],
        updatable,
      );
      const expiresAt = fromTimestamp(expireTime ?? {});
      broker.updateSnapshot({ ...present.settings, labels: labels ?? {}, expiresAt });
      await journal.written();
      return wireSnapshot(broker.snapshot(present.settings.name));
    },
  });

  methods.register({
    path: path('DeleteSnapshot'),
    request: wire.DeleteSnapshotRequest,
    response: emptyMessage,
    async handle({ snapshot }) {
      checkResourceName('snapshot', snapshot);
      broker.deleteSnapshot(snapshot);
      await journal.written();
      return {};
    },
  });
}

function registerSnapshotLists(methods: Methods, { broker }: SubscriberContext): void {
  methods.register({
    path: path('GetSnapshot'),
    request: wire.GetSnapshotRequest,
    response: wire.Snapshot,
    handle({ snapshot }) {
      checkResourceName('snapshot', snapshot);
      return wireSnapshot(broker.snapshot(snapshot));
    },
  });

  methods.register({
    path: path('ListSnapshots'),
    request: wire.ListSnapshotsRequest,
    response: wire.ListSnapshotsResponse,
    handle(request) {
      const nameOf = ({ settings }: Snapshot) => settings.name;
      const all = broker.snapshots.filter(snapshot => projectOf(nameOf(snapshot)) === request.project);
      const { page, nextPageToken } = pageOf(all, nameOf, request);
      return { snapshots: page.map(wireSnapshot), nextPageToken };
    },
  });
}

function registerSeek(methods: Methods, { broker, journal }: SubscriberContext): void {
  methods.register({
    path: path('Seek'),
    request: wire.SeekRequest,
    response: wire.SeekResponse,
    async handle({ subscription, time, snapshot }) {
      const { settings } = subscriptionNamed(broker, subscription);
      const target = seekTarget(time, snapshot);
      if ('snapshot' in target && broker.snapshot(target.snapshot).settings.topic !== settings.topic) {
        throw failedPrecondition(
          `The snapshot ${snapshot} is of another topic. Choose one of ${settings.topic}.`,
        );
      }
      broker.seek(subscription, target);
      await journal.written();
      return {};
    },
  });
}

function seekTarget(
  time: google.protobuf.ITimestamp | null | undefined,
  snapshot: string | null | undefined,
): SeekTarget {
  // Messages know their time to the millisecond, clients ask for it to the nanosecond.
  if (time) return { time: Math.floor(fromTimestamp(time)) };
  if (!snapshot) throw invalidArgument('The request names neither a time nor a snapshot. Name one.');
  checkResourceName('snapshot', snapshot);
  return { snapshot };
}
