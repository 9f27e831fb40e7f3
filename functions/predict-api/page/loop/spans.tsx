import { duration, timeOfDay } from '../format.ts';
import { useLoad } from '../use-load.ts';
import { type Hop, type Trace, tracesOf } from './hops.ts';

/** Spans may come later than the news of what was done. */
const lookEveryMs = 5_000;

/** What each function did about a batch, and when, where somebody keeps spans. */
export function Spans({ batchId }: { readonly batchId: string }) {
  const { data } = useLoad(`/traces?correlation_id=${batchId}`, {
    on: ['batch', 'feedback', 'job', 'model'],
    everyMs: lookEveryMs,
  });
  const traces = tracesOf(data?.spans ?? []);
  return (
    <>
      {traces.map(trace => (
        <TraceTable key={trace.id} trace={trace} />
      ))}
      {traces.length > 0 ? (
        <p>
          <span class="key work">at work</span>
          <span class="key sending">sending what follows</span>
        </p>
      ) : null}
    </>
  );
}

function TraceTable({ trace: { name, started, took, hops } }: { readonly trace: Trace }) {
  return (
    <table class="trace">
      <caption>
        <b>{name}</b> {timeOfDay(started)}, all done in {inMs(took)}
      </caption>
      <thead class="unseen">
        <tr>
          <th scope="col">function</th>
          <th scope="col">begins</th>
          <th scope="col">takes</th>
          <th scope="col">outcome</th>
        </tr>
      </thead>
      {hops.map(hop => (
        <HopRows key={hop.id} hop={hop} whole={took} />
      ))}
    </table>
  );
}

function HopRows({ hop, whole }: { readonly hop: Hop; readonly whole: number }) {
  const { function: who, name, after, took, outcome, failure } = hop;
  return (
    <tbody class={failure === null ? '' : 'failed'}>
      <tr>
        <th scope="row">
          {who} <small>{name}</small>
        </th>
        <td class="way">
          <span class="unseen">after {inMs(after)}</span>
          <Bar hop={hop} whole={whole} />
        </td>
        <td class="number">{inMs(took)}</td>
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

function Bar({ hop, whole }: { readonly hop: Hop; readonly whole: number }) {
  const share = (ms: number): string => `${(100 * ms) / Math.max(whole, 1)}%`;
  return (
    <svg aria-hidden="true">
      <rect class="work" x={share(hop.after)} width={share(hop.took)} height="100%" rx="2" />
      {hop.sends.map(({ id, after, took }) => (
        <rect key={id} class="sending" x={share(after)} width={share(took)} y="35%" height="30%" />
      ))}
    </svg>
  );
}

function inMs(ms: number): string {
  return duration(ms / 1000);
}
