export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
}

/** A number that is measured when it is asked for. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export function formatGauge({ name, help, samples }: Gauge): string {
  const lines = samples.map(sample => formatSample(name, sample));
  return formatMetric('gauge', { name, help, lines });
}

/** A metric in the text format of Prometheus. */
export function formatMetric(
  type: 'counter' | 'gauge' | 'histogram',
  { name, help, lines }: { readonly name: string; readonly help: string; readonly lines: readonly string[] },
): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

export function formatSample(name: string, { labels = {}, value }: Sample): string {
  const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeText(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
