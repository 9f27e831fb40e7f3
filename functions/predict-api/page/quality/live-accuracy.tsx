import type { QualityAnswer } from '@banknote-loop/shared/contract';
import { count, modelName, percent } from '../format.ts';
import { Card, Empty, Loading } from '../ui/parts.tsx';

type RatedModel = QualityAnswer['models'][number];

/** How often each model was right, by the ratings that people gave its answers. */
export function LiveAccuracy({ quality }: { readonly quality: QualityAnswer | undefined }) {
  return (
    <Card title="How right people find the models">
      {quality ? null : <Loading />}
      {quality?.models.length === 0 ? <Empty>Nobody has rated anything lately.</Empty> : null}
      <ul class="plain-list live-accuracy">
        {quality?.models.map(model => (
          <ModelAccuracy
            key={model.model_file_name}
            model={model}
            isLive={model.model_file_name === quality.live_model}
          />
        ))}
      </ul>
    </Card>
  );
}

function ModelAccuracy({ model, isLive }: { readonly model: RatedModel; readonly isLive: boolean }) {
  const { model_file_name, accuracy, interval, rated, correct } = model;
  return (
    <li>
      <span>
        {modelName(model_file_name)} {isLive ? <span class="tag">answers</span> : null}
      </span>
      <AccuracyInterval {...interval} accuracy={accuracy} />
      <span class="number">
        {percent(accuracy)}{' '}
        <small class="muted">
          {count(correct)} of {count(rated)}
        </small>
      </span>
    </li>
  );
}

interface IntervalProps {
  readonly low: number;
  readonly high: number;
  readonly accuracy: number;
}

/** The accuracy, and between which values the true one lies with 95 % certainty. */
function AccuracyInterval({ low, high, accuracy }: IntervalProps) {
  const label = `between ${percent(low)} and ${percent(high)}`;
  return (
    <svg class="interval" viewBox="0 0 100 12" preserveAspectRatio="none" role="img" aria-label={label}>
      <rect class="track" y={4} width={100} height={4} rx={2} />
      <rect class="range" x={low * 100} y={2} width={Math.max(1, (high - low) * 100)} height={8} rx={2} />
      <rect class="value" x={Math.min(99, accuracy * 100 - 0.5)} y={0} width={1} height={12} />
    </svg>
  );
}
