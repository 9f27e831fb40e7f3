export type MetricLabels = Readonly<Record<string, string>>;

export interface Measurement {
  readonly labels?: MetricLabels;
  readonly value: number;
}

/** A number that is measured when it is asked for. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly measurements: readonly Measurement[];
}

export function formatGauge({ name, help, measurements }: Gauge): string {
  const lines = measurements.map(one => formatMeasurement(name, one));
  return formatMetric('gauge', { name, help, lines });
}

/** A metric in the text format of Prometheus. */
export function formatMetric(
  type: 'counter' | 'gauge' | 'histogram',
  { name, help, lines }: { readonly name: string; readonly help: string; readonly lines: readonly string[] },
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

export function formatMeasurement(name: string, { labels = {}, value }: Measurement): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeText(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
