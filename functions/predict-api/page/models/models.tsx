import type { DecisionAnswer } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { dayAndTime, modelName, percent } from '../format.ts';
import { ReasonAgainst, useReasonAgainst } from '../session.tsx';
import { Card, Empty, Failure, Figure, Loading } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { Compare } from './compare.tsx';
import { DecisionDialog, type PendingDecision } from './decision-dialog.tsx';
import { History } from './history.tsx';
import { ModelChart } from './model-chart.tsx';
import { ModelTable } from './model-table.tsx';

export function Models() {
  const { items } = useDataSet();
  const { data, error, reload } = useLoad('/models', { on: ['model'], everyMs: 10_000 });
  const history = useLoad('/decisions', {
    on: ['model'],
    everyMs: 10_000,
  });
  const [request, setRequest] = useState<PendingDecision>();
  const models = data?.models ?? [];
  const decisions = history.data?.decisions ?? [];
  const live = data?.live ?? undefined;
  const champion = models.find(({ model_file_name }) => model_file_name === live?.model_file_name);
  const isPinned = live?.kind === 'pin';
  const mayDecide = useReasonAgainst('models:manage') === undefined;
  const close = (done: boolean): void => {
    setRequest(undefined);
    if (!done) return;
    reload();
    history.reload();
  };
  return (
    <>
      <Card
        title={
          live ? `${modelName(live.model_file_name)} answers` : data ? 'No model yet' : 'Which model answers'
        }
        aside={
          <span class="actions">
            {isPinned ? (
              <button type="button" disabled={!mayDecide} onClick={() => setRequest({ kind: 'unpin' })}>
                Unpin
              </button>
            ) : null}
            <button
              type="button"
              disabled={!live || isPinned || !mayDecide}
              onClick={() => live && setRequest({ kind: 'rollback', instead_of: live.model_file_name })}
            >
              Roll back
            </button>
          </span>
        }
      >
        <Failure message={error} />
        <ReasonAgainst scope="models:manage" />
        {data || error ? null : <Loading />}
        {live ? (
          <dl class="figures">
            {champion ? (
              <Figure
                name="accuracy"
                value={percent(champion.accuracy)}
                detail={`on the hold-out ${items}`}
              />
            ) : null}
            <Figure name="since" value={dayAndTime(live.created)} detail={`by ${live.made_by}`} />
            <Figure name="why" value={isPinned ? 'pinned' : live.kind} detail={live.why} />
          </dl>
        ) : null}
        {models.length > 0 ? <ModelChart models={models} decisions={decisions} /> : null}
      </Card>
      <History models={models} decisions={decisions} />
      <Compare models={models} />
      <Card title="All models">
        {data && models.length === 0 ? <Empty>No model has been trained yet.</Empty> : null}
        <ModelTable
          models={models}
          live={live?.model_file_name}
          onRequest={mayDecide ? setRequest : undefined}
        />
      </Card>
      <Decisions decisions={decisions} />
      {request ? <DecisionDialog request={request} onClose={close} /> : null}
    </>
  );
}

/** What people decided; what the gate decided stands with the models. */
function Decisions({ decisions }: { readonly decisions: readonly DecisionAnswer[] }) {
  const byPeople = decisions.filter(({ kind }) => kind !== 'training');
  if (byPeople.length === 0) return null;
  return (
    <Card title="Decided by people">
      <ul class="plain-list decisions">
        {byPeople.map(({ kind, model_file_name, made_by, why, created }) => (
          <li key={created}>
            <b>{kind}</b> to {modelName(model_file_name)} by {made_by}: {why}{' '}
            <span class="muted">{dayAndTime(created)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
