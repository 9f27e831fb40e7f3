import type { JobsAnswer } from '@banknote-loop/shared/contract';
import { count, duration } from '../format.ts';
import { Card, Empty, Failure, Figure, Loading } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { DriftCard } from './drift-card.tsx';
import { LiveAccuracy } from './live-accuracy.tsx';

export function Quality() {
  const quality = useLoad('/quality', { on: ['feedback', 'model'], everyMs: 15_000 });
  const jobs = useLoad('/jobs', { on: ['job', 'batch'] });
  return (
    <>
      <Failure message={quality.error ?? jobs.error} />
      {quality.data?.alerts.map(alert => (
        <Failure key={alert} message={alert} />
      ))}
      <CorrectionToLive times={jobs.data?.correction_to_live} />
      <LiveAccuracy quality={quality.data} />
      <DriftCard drift={quality.data?.drift} />
    </>
  );
}

/** How long it takes from a correction to the first prediction by a model that learned it. */
function CorrectionToLive({ times }: { readonly times: JobsAnswer['correction_to_live'] | undefined }) {
  return (
    <Card title="From a correction to a model that has learned it">
      {times === undefined ? (
        <Loading />
      ) : times && times.p50_seconds !== null ? (
        <dl class="figures">
          <Figure name="half within" value={duration(times.p50_seconds)} />
          <Figure name="19 of 20 within" value={duration(times.p95_seconds ?? times.p50_seconds)} />
          <Figure name="corrections" value={count(times.corrections)} detail="that are live" />
        </dl>
      ) : (
        <Empty>
          No correction has become live yet. Say where the model is wrong, and see how long it takes.
        </Empty>
      )}
    </Card>
  );
}
