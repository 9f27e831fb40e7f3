import { featureNames, type QualityAnswer } from '@banknote-loop/shared/contract';
import { Card } from '../ui/parts.tsx';
import { DriftChart } from './drift-chart.tsx';

/** How far the latest notes differ from the training data, feature by feature. */
export function DriftCard({ drift }: { readonly drift: QualityAnswer['drift'] }) {
  return (
    <Card title="Are notes still like those that were learned from?">
      <div class="drifts">
        {inFeatureOrder(drift).map(one => (
          <DriftChart key={one.name} drift={one} />
        ))}
      </div>
      <p>
        <span class="legend learned">learned from</span>
        <span class="legend answered">latest answers</span>
      </p>
      <p class="muted">
        Population stability index: below 0.1 nothing has changed, beyond 0.25 the notes come from somewhere
        else.
      </p>
    </Card>
  );
}

/** The features in the order that they have everywhere, then the predicted class. */
function inFeatureOrder(drift: QualityAnswer['drift']): QualityAnswer['drift'] {
  const names = [...featureNames, 'real'];
  return drift.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
}
