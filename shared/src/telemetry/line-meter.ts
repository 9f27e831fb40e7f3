import { boundsOf, type Condition, holds, type LogMetric } from './log-metrics.ts';
import { formatMeasurement, formatMetric, type MetricLabels } from './prometheus.ts';

interface Series {
  readonly labels: MetricLabels;
  count: number;
  sum: number;
  /** How many values lie between a bound and the one before it. */
  readonly buckets: number[];
}

/** Measures one metric from log lines as they come. Why not by prom-client: docs/decisions/0011-own-meters.md. */
export class LineMeter {
  readonly #metric: LogMetric;
  readonly #conditions: readonly (readonly [string, Condition])[];
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor(metric: LogMetric) {
    this.#metric = metric;
    this.#conditions = Object.entries(metric.lines);
    this.#bounds = boundsOf(metric);
  }

  take(line: Readonly<Record<string, unknown>>): void {
    if (!this.#conditions.every(([field, condition]) => holds(condition, line[field]))) return;
    const { value: field } = this.#metric;
    const value = field === undefined ? 1 : Number(line[field]);
    if (Number.isNaN(value)) return;
    const series = this.#seriesOf(line);
    series.count += 1;
    series.sum += value;
    const place = this.#bounds.findIndex(bound => value <= bound);
    if (place >= 0) series.buckets[place] = (series.buckets[place] ?? 0) + 1;
  }

  /** All there is, in the text format of Prometheus; nothing before the first line. */
  format(): string {
    if (this.#series.size === 0) return '';
    const { value, meaning } = this.#metric;
    const name = prometheusName(this.#metric);
    const write = value === undefined ? this.#counterLines(name) : this.#histogramLines(name);
    return formatMetric(value === undefined ? 'counter' : 'histogram', { name, help: meaning, lines: write });
  }

  #counterLines(name: string): readonly string[] {
    return [...this.#series.values()].map(({ labels, sum }) =>
      formatMeasurement(name, { labels, value: sum }),
    );
  }

  #histogramLines(name: string): readonly string[] {
    return [...this.#series.values()].flatMap(({ labels, count, sum, buckets }) => {
      let upTo = 0;
      const bounds = this.#bounds.map((bound, i) => {
        upTo += buckets[i] ?? 0;
        return formatMeasurement(`${name}_bucket`, { labels: { ...labels, le: String(bound) }, value: upTo });
      });
      return [
        ...bounds,
        formatMeasurement(`${name}_bucket`, { labels: { ...labels, le: '+Inf' }, value: count }),
        formatMeasurement(`${name}_sum`, { labels, value: sum }),
        formatMeasurement(`${name}_count`, { labels, value: count }),
      ];
    });
  }

  #seriesOf(line: Readonly<Record<string, unknown>>): Series {
    const values = this.#metric.labels.map(label => String(line[label] ?? ''));
    const key = values.join('\n');
    const known = this.#series.get(key);
    if (known) return known;
    const labels = Object.fromEntries(this.#metric.labels.map((label, i) => [label, values[i] ?? '']));
    const series = { labels, count: 0, sum: 0, buckets: [] };
    this.#series.set(key, series);
    return series;
  }
}

/** As OpenTelemetry translates names for Prometheus. */
function prometheusName({ name, unit, value }: LogMetric): string {
  const base = name.replaceAll('.', '_');
  if (value === undefined) return `${base}_total`;
  return unit === 's' ? `${base}_seconds` : base;
}
