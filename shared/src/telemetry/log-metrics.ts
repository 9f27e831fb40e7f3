/**
 * A number that is measured by reading the functions' log lines: in the cloud by Cloud Logging, on the laptop by the
 * runner. To measure costs a function nothing beyond the line that it writes in any case, and what an operator sees in
 * a chart can be found, line by line, in the log.
 */
export interface LogMetric {
  /** By OpenTelemetry's semantic conventions where they have a name for it. */
  readonly name: string;
  readonly unit:
    | 's'
    | '{message}'
    | '{note}'
    | '{training}'
    | '{alert}'
    | '{label}'
    | '{connection}'
    | '{request}';
  readonly meaning: string;
  /** The lines that count: each field named here is as given, or with `true` is there at all. */
  readonly lines: Readonly<Record<string, Condition>>;
  /** The field whose values are collected; without it, lines are counted. */
  readonly value?: string;
  readonly labels: readonly string[];
}

export type Condition = true | string | { readonly equals: boolean } | { readonly atLeast: number };

const ended = { outcome: true } as const;

/** Requests are also counted by the function that answers them, for those who scrape it. */
export const requestDuration: LogMetric = {
  name: 'http.server.request.duration',
  unit: 's',
  meaning: 'How long the answer to a request took.',
  lines: { route: true },
  value: 'duration_seconds',
  labels: ['function', 'method', 'route', 'status'],
};

export const logMetrics: readonly LogMetric[] = [
  requestDuration,
  {
    name: 'banknote.predict.duration',
    unit: 's',
    meaning:
      'How long an immediate prediction took, by where it was asked for: our page, another site, or a program.',
    lines: { route: '/predict', asked_from: true },
    value: 'duration_seconds',
    labels: ['method', 'asked_from', 'status'],
  },
  {
    name: 'messaging.client.consumed.messages',
    unit: '{message}',
    meaning:
      'Deliveries handled, by how they ended: done, transient (delivered again) or permanent (given up).',
    lines: ended,
    labels: ['function', 'outcome'],
  },
  {
    name: 'messaging.process.duration',
    unit: 's',
    meaning: 'How long the handling of a delivery took.',
    lines: ended,
    value: 'duration_seconds',
    labels: ['function', 'outcome'],
  },
  {
    name: 'banknote.message.age',
    unit: 's',
    meaning: 'How long a message had waited since it was published when its handling began.',
    lines: ended,
    value: 'age_seconds',
    labels: ['function'],
  },
  {
    name: 'banknote.request_to_done',
    unit: 's',
    meaning: 'How long ago the request came in that a message goes back to, when its handling was done.',
    lines: { outcome: 'done' },
    value: 'total_seconds',
    labels: ['function'],
  },
  {
    name: 'banknote.batch.notes',
    unit: '{note}',
    meaning: 'How many notes the batches have that are predicted.',
    lines: { function: 'prediction', outcome: 'done' },
    value: 'notes',
    labels: [],
  },
  {
    name: 'banknote.redeliveries',
    unit: '{message}',
    meaning: 'Deliveries that were not the first of their message.',
    lines: { outcome: true, attempt: { atLeast: 2 } },
    labels: ['function'],
  },
  {
    name: 'banknote.refusals',
    unit: '{message}',
    meaning: 'Messages that can never be processed: a function refused them, and sent them to dead-letter.',
    lines: { outcome: 'permanent' },
    labels: ['function'],
  },
  {
    name: 'banknote.trainings',
    unit: '{training}',
    meaning: 'Models that were trained, by whether they were promoted or refused.',
    lines: { function: 'training-to-db', recorded: { equals: true } },
    labels: ['promoted'],
  },
  {
    name: 'banknote.training.duration',
    unit: 's',
    meaning: 'How long the fitting of a model took.',
    lines: { function: 'training', training_seconds: true },
    value: 'training_seconds',
    labels: [],
  },
  {
    name: 'banknote.labels.set_aside',
    unit: '{label}',
    meaning: 'Labels that nothing is learned from until somebody settles them, when a training ends.',
    lines: { function: 'training', labels_set_aside: true },
    value: 'labels_set_aside',
    labels: [],
  },
  {
    name: 'banknote.refusals_in_a_row',
    unit: '{training}',
    meaning: 'Models that were refused since the last promoted one, when a training ends.',
    lines: { function: 'training', refusals_in_a_row: true },
    value: 'refusals_in_a_row',
    labels: [],
  },
  {
    name: 'banknote.correction_to_live',
    unit: 's',
    meaning:
      'From the acceptance of a correction to the moment at which the model that learned it is named live.',
    lines: { function: 'training-to-cache', kind: 'training', live: { equals: true } },
    value: 'total_seconds',
    labels: [],
  },
  {
    name: 'banknote.model.missing',
    unit: '{message}',
    meaning: 'Deliveries that had to wait because there is no model that could answer.',
    lines: { function: 'prediction', reason: 'There is no model yet.' },
    labels: [],
  },
  {
    name: 'banknote.model.training_age',
    unit: 's',
    meaning: 'How long ago the model that answers was trained.',
    lines: { model_age_seconds: true },
    value: 'model_age_seconds',
    labels: ['function'],
  },
  {
    name: 'banknote.quality.alerts',
    unit: '{alert}',
    meaning:
      'Thresholds of quality that were crossed: drift of a feature, a live accuracy below the model before, refusals in a row, or labels set aside.',
    lines: { alert: true },
    labels: ['alert'],
  },
  {
    name: 'db.client.connection.count',
    unit: '{connection}',
    meaning: 'Connections of an instance to the database that are in use when a piece of work ends.',
    lines: { db_connections_used: true },
    value: 'db_connections_used',
    labels: ['function'],
  },
  {
    name: 'db.client.connection.pending_requests',
    unit: '{request}',
    meaning: 'Pieces of work that wait for a connection to the database when another ends.',
    lines: { db_requests_waiting: true },
    value: 'db_requests_waiting',
    labels: ['function'],
  },
];

const seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const hourAndMore = [3_600, 86_400, 604_800, 2_592_000];
const amounts = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/** Bounds of histograms: from a millisecond to a month, or from nothing to the largest batch. */
export function boundsOf({ unit }: LogMetric): readonly number[] {
  return unit === 's' ? [...seconds, ...hourAndMore] : amounts;
}

/** Whether the value of a line's field is as a metric wants it. */
export function holds(condition: Condition, value: unknown): boolean {
  if (condition === true) return value !== undefined && value !== null;
  if (typeof condition === 'string') return value === condition;
  if ('equals' in condition) return value === condition.equals;
  return typeof value === 'number' && value >= condition.atLeast;
}
