import type { QualityAnswer } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { Card, Loading } from '../ui/parts.tsx';
import { DriftChart } from './drift-chart.tsx';

/** More charts than that are shown to those who ask for them. */
const maxShown = 24;

/** How far the latest items differ from the training data, feature by feature. */
export function DriftCard({ drift }: { readonly drift: QualityAnswer['drift'] | undefined }) {
  const dataSet = useDataSet();
  const [showsAll, setShowsAll] = useState(false);
  const title = `Are ${dataSet.items} still like those that were learned from?`;
  if (!drift) {
    return (
      <Card title={title}>
        <Loading />
      </Card>
    );
  }
  const isCut = drift.length > maxShown && !showsAll;
  const shown = inFeatureOrder(dataSet, isCut ? mostDrifted(drift) : drift);
  return (
    <Card title={title}>
      {isCut ? (
        <p>
          The {shown.length} that have changed most.{' '}
          <button type="button" onClick={() => setShowsAll(true)}>
            Show all {drift.length}
          </button>
        </p>
      ) : null}
      <div class="drifts">
        {shown.map(one => (
          <DriftChart key={one.name} drift={one} />
        ))}
      </div>
      <p>
        <span class="legend learned">learned from</span>
        <span class="legend answered">latest answers</span>
      </p>
      <p class="muted">
        Population stability index: below 0.1 nothing has changed, beyond 0.25 the {dataSet.items} come from
        somewhere else.
      </p>
    </Card>
  );
}

function mostDrifted(drift: QualityAnswer['drift']): QualityAnswer['drift'] {
  return drift.toSorted((a, b) => (b.psi ?? 0) - (a.psi ?? 0)).slice(0, maxShown);
}

/** The features in the order that they have everywhere, then the predicted class. */
function inFeatureOrder({ features }: DataSet, drift: QualityAnswer['drift']): QualityAnswer['drift'] {
  const places = new Map(features.map(({ name }, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? features.length;
  return drift.toSorted((a, b) => placeOf(a.name) - placeOf(b.name));
}
