import { functionOf } from '../contract/delivery.ts';
import { subscriptionMetrics, type TimeSeries, type TimeSeriesPoint } from './time-series.ts';

/** How it stands with the messages that wait for a function, as far as it is known. */
export interface QueueState {
  /** The function, or `dead-letter`. */
  readonly name: string;
  readonly waiting: number;
  readonly oldest_seconds: number | null;
  /** Messages done in a second, lately. */
  readonly rate: number | null;
  /** How long a message was being worked on, on average, lately. */
  readonly ack_ms: number | null;
  /** When that was counted: Cloud Monitoring tells it some minutes later. */
  readonly counted_at: string;
}

export type ReadSeries = (metric: string) => Promise<readonly TimeSeries[]>;

const keepMs = 1_000;

/** What Cloud Monitoring knows of the queues; asked at most once a second, however many want to know. */
export class Queues {
  readonly #read: ReadSeries | undefined;
  readonly #prefix: string | undefined;
  #known: Promise<readonly QueueState[]> | undefined;
  #knownUntil = 0;

  /** Without a way to read, nothing is known. */
  constructor(read: ReadSeries | undefined, prefix?: string) {
    this.#read = read;
    this.#prefix = prefix;
  }

  list(): Promise<readonly QueueState[]> {
    if (!this.#known || Date.now() > this.#knownUntil) {
      this.#known = this.#readAll();
      this.#knownUntil = Date.now() + keepMs;
    }
    return this.#known;
  }

  async #readAll(): Promise<readonly QueueState[]> {
    const { waiting, oldestSeconds, done, ackMs } = subscriptionMetrics;
    const [depths, ages, acks, latencies] = await Promise.all(
      [waiting, oldestSeconds, done, ackMs].map(metric => this.#newest(metric)),
    );
    return [...(depths ?? [])].flatMap(([subscription, depth]) => {
      const name = functionOf(subscription, this.#prefix);
      if (name === undefined) return [];
      return {
        name,
        waiting: depth.value.int64Value ?? 0,
        oldest_seconds: ages?.get(subscription)?.value.int64Value ?? null,
        rate: rateOf(acks?.get(subscription)),
        ack_ms: latencyOf(latencies?.get(subscription)),
        counted_at: depth.interval.endTime,
      };
    });
  }

  async #newest(metric: string): Promise<ReadonlyMap<string, TimeSeriesPoint>> {
    const series = (await this.#read?.(metric)) ?? [];
    return new Map(
      series.flatMap(({ resource, points: [newest] }) =>
        newest ? [[resource.labels.subscription_id, newest] as const] : [],
      ),
    );
  }
}

function rateOf(point: TimeSeriesPoint | undefined): number | null {
  const { startTime, endTime } = point?.interval ?? {};
  if (!point || !startTime || !endTime) return null;
  const seconds = (Date.parse(endTime) - Date.parse(startTime)) / 1000;
  return seconds > 0 ? (point.value.int64Value ?? 0) / seconds : null;
}

function latencyOf(point: TimeSeriesPoint | undefined): number | null {
  const { count = 0, mean = 0 } = point?.value.distributionValue ?? {};
  return count > 0 ? mean : null;
}
