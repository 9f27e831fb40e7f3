import { featureNames, type QualityAnswer } from '@banknote-loop/shared/contract';

import { count, duration, modelName, percent } from '../format.ts';
import { Card, Empty, Failure, Figure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { DriftChart } from './drift-chart.tsx';

export function Quality() {
  const { data, error } = useLoad('/quality', { on: ['feedback', 'model'], everyMs: 15_000 });
  const jobs = useLoad('/jobs', { on: ['job', 'batch'] });
  const times = jobs.data?.correction_to_live;
  return (
    <>
      <Failure message={error ?? jobs.error} />
      {data?.alerts.map(alert => (
        <p key={alert} class="failure" role="alert">
          {alert}
        </p>
      ))}
      <Card title="From a correction to a model that has learned it">
        {times && times.p50_seconds !== null ? (
          <dl class="figures">
            <Figure name="half within" value={duration(times.p50_seconds)} />
            <Figure name="19 of 20 within" value={duration(times.p95_seconds ?? times.p50_seconds)} />
            <Figure name="corrections" value={count(times.corrections)} note="that are live" />
          </dl>
        ) : (
          <Empty>
            No correction has become live yet. Say where the model is wrong, and see how long it takes.
          </Empty>
        )}
      </Card>
      <Card title="How right people find the models">
        {data?.models.length === 0 ? <Empty>Nobody has rated anything lately.</Empty> : null}
        <ul class="live-accuracy">
          {data?.models.map(({ model_file_name, accuracy, interval, rated, correct }) => (
            <li key={model_file_name}>
              <span>
                {modelName(model_file_name)}{' '}
                {model_file_name === data.live_model ? <span class="tag">answers</span> : null}
              </span>
              <Interval {...interval} accuracy={accuracy} />
              <span class="number">
                {percent(accuracy)}{' '}
                <small class="muted">
                  {count(correct)} of {count(rated)}
                </small>
              </span>
            </li>
          ))}
        </ul>
      </Card>
      <Card title="Are notes still like those that were learned from?">
        <div class="drifts">
          {inOrder(data?.drift ?? []).map(drift => (
            <DriftChart key={drift.name} drift={drift} />
          ))}
        </div>
        <p>
          <span class="key learned">learned from</span>
          <span class="key answered">latest answers</span>
        </p>
        <p class="muted">
          Population stability index: below 0.1 nothing has changed, beyond 0.25 the notes come from somewhere
          else.
        </p>
      </Card>
    </>
  );
}

/** The measurements as they stand everywhere, and then what was made of them. */
function inOrder(drift: QualityAnswer['drift']): QualityAnswer['drift'] {
  const names = [...featureNames, 'real'];
  return drift.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}

interface IntervalProps {
  readonly low: number;
  readonly high: number;
  readonly accuracy: number;
}

/** The accuracy, and between which values the true one lies with 95 % certainty. */
function Interval({ low, high, accuracy }: IntervalProps) {
  const label = `between ${percent(low)} and ${percent(high)}`;
  return (
    <svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="track" y={4} width={100} height={4} rx={2} />
      <rect class="range" x={low * 100} y={2} width={Math.max(1, (high - low) * 100)} height={8} rx={2} />
      <rect class="value" x={Math.min(99, accuracy * 100 - 0.5)} y={0} width={1} height={12} />
    </svg>
  );
}
