import { boundsOf, counts, type LogMetric } from './log-metrics.ts';
import { formatMeasurement, formatMetric, type Labels } from './prometheus.ts';

interface Series {
  readonly labels: Labels;
  count: number;
  sum: number;
  readonly buckets: number[];
}

/** Measures one metric from log lines as they come. Why not by prom-client: docs/decisions/0011-own-meters.md. */
export class LineMeter {
  readonly #metric: LogMetric;
  readonly #bounds: readonly number[];
  readonly #series = new Map<string, Series>();

  constructor(metric: LogMetric) {
    this.#metric = metric;
    this.#bounds = boundsOf(metric);
  }

  take(line: Readonly<Record<string, unknown>>): void {
    const { value: field, labels } = this.#metric;
    if (!counts(this.#metric, line)) return;
    const value = field === undefined ? 1 : Number(line[field]);
    if (Number.isNaN(value)) return;
    const series = this.#seriesOf(
      Object.fromEntries(labels.map(label => [label, String(line[label] ?? '')])),
    );
    series.count += 1;
    series.sum += value;
    this.#bounds.forEach((bound, i) => {
      if (value <= bound) series.buckets[i] = (series.buckets[i] ?? 0) + 1;
    });
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
    return [...this.#series.values()].flatMap(({ labels, count, sum, buckets }) => [
      ...this.#bounds.map((bound, i) =>
        formatMeasurement(`${name}_bucket`, {
          labels: { ...labels, le: String(bound) },
          value: buckets[i] ?? 0,
        }),
      ),
      formatMeasurement(`${name}_bucket`, { labels: { ...labels, le: '+Inf' }, value: count }),
      formatMeasurement(`${name}_sum`, { labels, value: sum }),
      formatMeasurement(`${name}_count`, { labels, value: count }),
    ]);
  }

  #seriesOf(labels: Labels): Series {
    const key = JSON.stringify(labels);
    const known = this.#series.get(key) ?? { labels, count: 0, sum: 0, buckets: [] };
    this.#series.set(key, known);
    return known;
  }
}

/** As OpenTelemetry translates names for Prometheus. */
function prometheusName({ name, unit, value }: LogMetric): string {
  const base = name.replaceAll('.', '_');
  if (value === undefined) return `${base}_total`;
  return unit === 's' ? `${base}_seconds` : base;
}
