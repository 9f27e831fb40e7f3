import type { google } from '@google-cloud/pubsub/build/protos/protos.js';
import { invalidArgument } from '../errors.ts';

type Duration = google.protobuf.IDuration;
type Timestamp = google.protobuf.ITimestamp;

function fromDuration({ seconds, nanos }: Duration): number {
  return Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6;
}

export function toDuration(milliseconds: number): Duration {
  return { seconds: Math.floor(milliseconds / 1000), nanos: Math.round((milliseconds % 1000) * 1e6) };
}

export function toTimestamp(milliseconds: number): Timestamp {
  return toDuration(milliseconds);
}

export function fromTimestamp(timestamp: Timestamp): number {
  return fromDuration(timestamp);
}

/** The duration in milliseconds, or the fallback where none is given; refuses what is out of bounds. */
export function durationWithin(
  name: string,
  duration: Duration | null | undefined,
  bounds: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const milliseconds = duration ? fromDuration(duration) : bounds.fallback;
  if (milliseconds >= bounds.min && milliseconds <= bounds.max) return milliseconds;
  throw invalidArgument(
    `Invalid ${name}: ${milliseconds / 1000} s. Choose from ${bounds.min / 1000} to ${bounds.max / 1000} s.`,
  );
}
