import type { ModelAnswer } from '@banknote-loop/shared/contract';
import { count, dayAndTime, duration, modelName, percent } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import type { Wish } from './decision-dialog.tsx';

const shown = 20;

interface Props {
  readonly models: readonly ModelAnswer[];
  readonly live: string | undefined;
  readonly onWish: (wish: Wish) => void;
}

export function ModelTable({ models, live, onWish }: Props) {
  return (
    <Scroll label="Models">
      <table>
        <caption class="unseen">Models, the newest first</caption>
        <thead>
          <tr>
            <th scope="col">model</th>
            <th scope="col">made</th>
            <th scope="col" class="number">
              accuracy
            </th>
            <th scope="col" class="number">
              notes
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
          {models.slice(0, shown).map(model => (
            <ModelRow
              key={model.model_file_name}
              model={model}
              isLive={model.model_file_name === live}
              onWish={onWish}
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
  readonly onWish: (wish: Wish) => void;
}

function ModelRow({ model, isLive, onWish }: RowProps) {
  const { model_file_name, created, accuracy, records, training_time, promoted, reason, report } = model;
  const name = modelName(model_file_name);
  return (
    <tr class={isLive ? 'live' : ''}>
      <th scope="row">
        {name} {isLive ? <span class="tag">answers</span> : null}
      </th>
      <td class="when">{dayAndTime(created)}</td>
      <td class="number">{percent(accuracy)}</td>
      <td class="number">{count(records)}</td>
      <td class="number">{duration(training_time)}</td>
      <td class="reason">
        <b class={promoted ? 'good' : 'wrong'}>{promoted ? 'promoted' : 'refused'}</b> {reason}
      </td>
      <td class="row-actions">
        {report.stored === false || isLive ? null : (
          <button type="button" onClick={() => onWish({ kind: 'promotion', model_file_name })}>
            Promote<span class="unseen"> {name}</span>
          </button>
        )}
        {report.stored === false ? null : (
          <button type="button" onClick={() => onWish({ kind: 'pin', model_file_name })}>
            Pin<span class="unseen"> {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
