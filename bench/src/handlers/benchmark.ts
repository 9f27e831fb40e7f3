import { alternate, inFlight, type Series, timed } from '../measure.ts';
import type { Effort } from '../part.ts';
import type { Cell, Findings, Goal, ReportTable } from '../report.ts';

export type Variant = 'ours' | 'limit' | 'naive';

/** The same work done three ways: by the function, with nothing around it, and as one would write it first. */
export interface HandlerBenchmark<Work> {
  readonly name: string;
  /** Work that nobody has done yet: so many messages of so many rows. */
  prepare(rows: number, messages: number): Promise<readonly Work[]>;
  readonly ours: (one: Work) => Promise<unknown>;
  readonly limit: (one: Work) => Promise<unknown>;
  /** Where the limit is to do together what arrives together. */
  readonly limitOfMany?: (group: readonly Work[]) => Promise<unknown>;
  readonly naive: (one: Work) => Promise<unknown>;
}

/** Rows a message, and messages under way. */
export interface MessageLoad {
  readonly rows: number;
  readonly width: number;
}

export interface HandlerResult extends MessageLoad {
  readonly series: Series<Variant>;
}

const sizes = [1, 5, 100, 1_000];
const widths = [1, 64];
/** No statement takes more rows at once, as in the functions. */
const mostRowsTogether = 5_000;

export function loads({ quick }: Effort): readonly MessageLoad[] {
  return (quick ? [1, 1_000] : sizes).flatMap(rows => widths.map(width => ({ rows, width })));
}

/** Messages a second of each variant. */
export async function hold<Work>(
  benchmark: HandlerBenchmark<Work>,
  { rows, width }: MessageLoad,
  { rounds }: Effort,
): Promise<HandlerResult> {
  const most = Math.max(width, Math.min(512, Math.ceil(16_000 / rows)));
  // A statement for each row takes so long that fewer messages tell as much.
  const few = Math.max(1, Math.min(256, Math.ceil(1_000 / rows)));
  const run = async (
    messages: number,
    work: (prepared: readonly Work[]) => Promise<void>,
  ): Promise<number> => {
    const prepared = await benchmark.prepare(rows, messages);
    return (messages / (await timed(() => work(prepared)))) * 1_000;
  };
  const series = await alternate<Variant>(rounds, {
    ours: () => run(most, prepared => inFlight(width, prepared, benchmark.ours)),
    limit: () => run(most, prepared => runLimit(benchmark, { rows, width }, prepared)),
    naive: () => run(few, prepared => inFlight(width, prepared, benchmark.naive)),
  });
  return { rows, width, series };
}

/** How many times faster 64 messages of one row go together than one commit after the other. */
export async function batchingGain<Work>(
  benchmark: HandlerBenchmark<Work>,
  { rounds }: Effort,
): Promise<number> {
  const rate = async (messages: number, width: number, work: (one: Work) => Promise<unknown>) => {
    const prepared = await benchmark.prepare(1, messages);
    return messages / (await timed(() => inFlight(width, prepared, work)));
  };
  const series = await alternate(rounds, {
    together: () => rate(2_000, 64, benchmark.ours),
    alone: () => rate(500, 1, benchmark.naive),
  });
  return series.ratio('together', 'alone').median;
}

function runLimit<Work>(
  { limit, limitOfMany }: HandlerBenchmark<Work>,
  { rows, width }: MessageLoad,
  prepared: readonly Work[],
) {
  if (!limitOfMany || width === 1) return inFlight(width, prepared, limit);
  const together = Math.max(1, Math.min(width, Math.floor(mostRowsTogether / rows)));
  return inFlight(1, chunks(prepared, together), limitOfMany);
}

export function resultTable(name: string, outcomes: readonly HandlerResult[]): ReportTable {
  return {
    title: name,
    columns: [
      'rows',
      'in flight',
      'messages/s',
      'rows/s',
      'limit messages/s',
      'naive messages/s',
      'of limit',
      'x naive',
    ],
    rows: outcomes.map(({ rows, width, series }): Cell[] => [
      rows,
      width,
      series.spread('ours'),
      series.spread('ours').median * rows,
      series.spread('limit'),
      series.spread('naive'),
      series.ratio('ours', 'limit').median,
      series.ratio('ours', 'naive').median,
    ]),
  };
}

/** The targets that hold at some of the loads. */
export function targetsAt(
  outcomes: readonly HandlerResult[],
  at: (load: MessageLoad) => boolean,
  toTarget: (outcome: HandlerResult) => Goal,
): readonly Goal[] {
  return outcomes.filter(at).map(toTarget);
}

export async function runBenchmark<Work>(
  benchmark: HandlerBenchmark<Work>,
  effort: Effort,
  targets: (outcomes: readonly HandlerResult[]) => readonly Goal[],
): Promise<Findings> {
  const outcomes: HandlerResult[] = [];
  for (const load of loads(effort)) outcomes.push(await hold(benchmark, load, effort));
  return { tables: [resultTable(benchmark.name, outcomes)], targets: targets(outcomes) };
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
