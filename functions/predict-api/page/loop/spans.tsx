import type { RecordedSpan, TracesAnswer } from '@banknote-loop/shared/contract/spans.ts';
import { duration, timeOfDay } from '../format.ts';
import { useLoad } from '../use-load.ts';

/** What each function did about a batch, and when, where somebody keeps spans. */
export function Spans({ batchId }: { readonly batchId: string }) {
  const { data } = useLoad<TracesAnswer>(`/traces?correlation_id=${batchId}`, {
    on: ['batch', 'feedback', 'job', 'model'],
  });
  // Hours may lie between a request and a correction: each has a trace, and a scale, of its own.
  const traces = Map.groupBy(data?.spans ?? [], ({ trace_id }) => trace_id);
  return (
    <>
      {[...traces].map(([id, spans]) => (
        <Trace key={id} spans={spans} />
      ))}
    </>
  );
}

function Trace({ spans }: { readonly spans: readonly RecordedSpan[] }) {
  const [first] = spans;
  if (!first) return null;
  const begin = Math.min(...spans.map(({ start_ms }) => start_ms));
  const end = Math.max(...spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms));
  const share = (ms: number): string => `${(100 * ms) / Math.max(end - begin, 1)}%`;
  return (
    <figure class="trace">
      <figcaption>
        <b>{first.name}</b> <span class="muted">{timeOfDay(first.started)}</span>
        <span class="number">{duration((end - begin) / 1000)}</span>
      </figcaption>
      <ol>
        {spans.map(span => (
          <li key={span.span_id} class={span.failure === null ? span.kind : 'failed'}>
            <span class="what">
              {span.function} <span class="muted">{span.name}</span>
            </span>
            <svg role="img" aria-label={`after ${duration((span.start_ms - begin) / 1000)}`}>
              <rect x={share(span.start_ms - begin)} width={share(span.duration_ms)} height="100%" rx="2" />
            </svg>
            <span class="number">{duration(span.duration_ms / 1000)}</span>
            {span.failure === null ? null : <p class="failure">{span.failure}</p>}
          </li>
        ))}
      </ol>
    </figure>
  );
}
