import type { ModelAnswer } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { count, dayAndTime, duration, modelName, percent } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import type { PendingDecision } from './decision-dialog.tsx';

const maxShown = 20;

interface Props {
  readonly models: readonly ModelAnswer[];
  readonly live: string | undefined;
  /** Left out where somebody may not decide. */
  readonly onRequest: ((request: PendingDecision) => void) | undefined;
}

export function ModelTable({ models, live, onRequest }: Props) {
  const { items } = useDataSet();
  return (
    <Scroll label="Models">
      <table class="stacks">
        <caption class="unseen">Models, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">made</th>
            <th scope="col" class="number">
              accuracy
            </th>
            <th scope="col" class="number">
              {items}
            </th>
            <th scope="col" class="number">
              training
            </th>
            <th scope="col">decision</th>
            <th scope="col">
              <span class="unseen">actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.slice(0, maxShown).map(model => (
            <ModelRow
              key={model.model_file_name}
              model={model}
              isLive={model.model_file_name === live}
              onRequest={onRequest}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RowProps {
  readonly model: ModelAnswer;
  readonly isLive: boolean;
  /** Left out where somebody may not decide. */
  readonly onRequest: ((request: PendingDecision) => void) | undefined;
}

function ModelRow({ model, isLive, onRequest }: RowProps) {
  const { model_file_name, created, accuracy, records, training_time, promoted, reason, report } = model;
  const { items } = useDataSet();
  const name = modelName(model_file_name);
  return (
    <tr>
      <th scope="row">
        {name} {isLive ? <span class="tag">answers</span> : null}
      </th>
      <td class="when" data-name="made">
        {dayAndTime(created)}
      </td>
      <td class="number" data-name="accuracy">
        {percent(accuracy)}
      </td>
      <td class="number" data-name={items}>
        {count(records)}
      </td>
      <td class="number" data-name="training">
        {duration(training_time)}
      </td>
      <td class="reason">
        <b class={promoted ? 'good' : 'wrong'}>{promoted ? 'promoted' : 'refused'}</b> {reason}
      </td>
      <td class="row-actions">
        {report.stored === false || isLive ? null : (
          <button
            type="button"
            disabled={!onRequest}
            onClick={() => onRequest?.({ kind: 'promotion', model_file_name })}
          >
            Promote<span class="unseen"> {name}</span>
          </button>
        )}
        {report.stored === false ? null : (
          <button
            type="button"
            disabled={!onRequest}
            onClick={() => onRequest?.({ kind: 'pin', model_file_name })}
          >
            Pin<span class="unseen"> {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
