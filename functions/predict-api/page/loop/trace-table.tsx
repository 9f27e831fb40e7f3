import { duration, timeOfDay } from '../format.ts';
import { useLoad } from '../use-load.ts';
import { type RequestTrace, type TraceStep, tracesOf } from './traces.ts';

/** Recorded work may arrive later than the events. */
const pollEveryMs = 5_000;

/** What each function did about a batch, and when, where somebody keeps spans. */
export function BatchTraces({ batchId }: { readonly batchId: string }) {
  const { data } = useLoad(`/traces?correlation_id=${batchId}`, {
    on: ['batch', 'feedback', 'job', 'model'],
    everyMs: pollEveryMs,
  });
  const traces = tracesOf(data?.spans ?? []);
  return (
    <>
      {traces.map(trace => (
        <TraceTable key={trace.id} trace={trace} />
      ))}
      {traces.length > 0 ? (
        <p>
          <span class="legend work">at work</span>
          <span class="legend sending">sending messages</span>
        </p>
      ) : null}
    </>
  );
}

function TraceTable({ trace: { name, started, durationMs, steps } }: { readonly trace: RequestTrace }) {
  return (
    <table class="trace">
      <caption>
        <b>{name}</b> {timeOfDay(started)}, all done in {inMs(durationMs)}
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">function</th>
          <th scope="col">begins</th>
          <th scope="col">takes</th>
          <th scope="col">outcome</th>
        </tr>
      </thead>
      {steps.map(step => (
        <StepRows key={step.id} step={step} traceMs={durationMs} />
      ))}
    </table>
  );
}

function StepRows({ step, traceMs }: { readonly step: TraceStep; readonly traceMs: number }) {
  const { function: functionName, name, offsetMs, durationMs, outcome, failure } = step;
  return (
    <tbody class={failure === null ? '' : 'failed'}>
      <tr>
        <th scope="row">
          {functionName} <small>{name}</small>
        </th>
        <td class="bar">
          <span class="unseen">after {inMs(offsetMs)}</span>
          <Bar step={step} traceMs={traceMs} />
        </td>
        <td class="number">{inMs(durationMs)}</td>
        <td class="outcome">{outcome}</td>
      </tr>
      {failure === null ? null : (
        <tr>
          <td class="failure" colSpan={4}>
            {failure}
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Bar({ step, traceMs }: { readonly step: TraceStep; readonly traceMs: number }) {
  const share = (ms: number): string => `${(100 * ms) / Math.max(traceMs, 1)}%`;
  return (
    <svg aria-hidden="true">
      <rect class="work" x={share(step.offsetMs)} width={share(step.durationMs)} height="100%" rx="2" />
      {step.sends.map(({ id, offsetMs, durationMs }) => (
        <rect key={id} class="sending" x={share(offsetMs)} width={share(durationMs)} y="35%" height="30%" />
      ))}
    </svg>
  );
}

function inMs(ms: number): string {
  return duration(ms / 1000);
}
