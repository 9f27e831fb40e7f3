import { formatMetric, formatSample, type Labels } from './prometheus.ts';

const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  readonly labels: Labels;
  count: number;
  seconds: number;
  readonly buckets: number[];
}

export interface AnsweredRequest {
  readonly method: string;
  /** The route's pattern, never the path: what a caller makes up must not become a time series. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** Counts and times the requests of this process. */
export class RequestMetrics {
  readonly #series = new Map<string, Series>();

  add({ method, route, status, seconds }: AnsweredRequest): void {
    const series = this.#seriesOf({ method, route, status: String(status) });
    series.count += 1;
    series.seconds += seconds;
    bounds.forEach((bound, i) => {
      if (seconds <= bound) series.buckets[i] = (series.buckets[i] ?? 0) + 1;
    });
  }

  format(): string {
    const name = 'http_request_duration_seconds';
    const lines = [...this.#series.values()].flatMap(({ labels, count, seconds, buckets }) => [
      ...bounds.map((bound, i) =>
        formatSample(`${name}_bucket`, { labels: { ...labels, le: String(bound) }, value: buckets[i] ?? 0 }),
      ),
      formatSample(`${name}_bucket`, { labels: { ...labels, le: '+Inf' }, value: count }),
      formatSample(`${name}_sum`, { labels, value: seconds }),
      formatSample(`${name}_count`, { labels, value: count }),
    ]);
    const help = 'Requests by method, route and status, and how long they took.';
    return formatMetric('histogram', { name, help, lines });
  }

  #seriesOf(labels: Labels): Series {
    const key = Object.values(labels).join(' ');
    const known = this.#series.get(key) ?? { labels, count: 0, seconds: 0, buckets: [] };
    this.#series.set(key, known);
    return known;
  }
}
