import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { count, countItems, duration, isolated, timeOfDay } from '../format.ts';
import { Card, Empty } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { type BatchStage, stagesOf } from './stages.ts';
import { BatchTraces } from './trace-table.tsx';

/** One batch on its way through the loop. */
export function Timeline() {
  const dataSet = useDataSet();
  const { data } = useLoad('/batches?limit=20', {
    on: ['batch'],
  });
  const [chosen, setChosen] = useState<string>();
  const id = chosen ?? data?.batches[0]?.batch_id;
  const path = id && (`/batches/${id}` as const);
  const { data: batch } = useLoad(path, { on: ['feedback'] });
  const { data: receipt } = useLoad(path && (`${path}/receipt` as const), {
    on: ['feedback', 'job', 'model'],
  });
  return (
    <Card title="One batch, step by step">
      {data?.batches.length === 0 ? <Empty>No batch has come yet.</Empty> : null}
      {id ? (
        <label class="pick">
          Batch
          <select value={id} onChange={event => setChosen(event.currentTarget.value)}>
            {data?.batches.map(({ batch_id, subjects, created }) => (
              <option key={batch_id} value={batch_id}>
                {timeOfDay(created)} · {isolated(subjects[0] ?? '')}
                {subjects.length > 1 ? ` and ${count(subjects.length - 1)} more` : ''}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      {batch ? <Stages stages={stagesOf(batch, receipt?.receipts ?? [])} /> : null}
      {id ? <BatchTraces batchId={id} /> : null}
      {batch ? <p class="muted">{countItems(dataSet, batch.notes.length)} in this batch.</p> : null}
    </Card>
  );
}

function Stages({ stages }: { readonly stages: readonly BatchStage[] }) {
  return (
    <ol class="steps timeline">
      {stages.map(({ name, detail, at }, i) => (
        <li key={name} class={at === undefined ? '' : 'done'}>
          <span>
            <b>{name}</b> <span class="muted">{detail}</span>
          </span>
          <span class="number">{at === undefined ? '' : whenOf(at, stages[i - 1]?.at)}</span>
        </li>
      ))}
    </ol>
  );
}

function whenOf(at: number, before: number | undefined): string {
  const time = timeOfDay(new Date(at).toISOString());
  return before === undefined ? time : `${time}, ${duration(Math.max(0, at - before) / 1000)} later`;
}
