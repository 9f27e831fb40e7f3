import type { PredictionAnswer } from '@banknote-loop/shared/contract';
import type { Row } from '@banknote-loop/shared/data-set';
import { useEffect, useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import { useClasses, useDataSet } from '../data-set.tsx';
import { valueText } from '../format.ts';
import { Confidence, Ranking } from '../ui/class-label.tsx';
import { Failure } from '../ui/parts.tsx';
import { AnswerLabel, UnlikeNote } from '../ui/unlike.tsx';

type Trial = PredictionAnswer['predictions'][number];

/** So long nothing may have moved before the model is asked. */
const pauseMs = 120;

interface Props {
  /** The values of the form; nothing while one of them cannot be used. */
  readonly row: Row | undefined;
  readonly onTry: (place: number, text: string) => void;
}

/** What the model would say of the values as they are, and what would make it say something else. Nothing of it is kept. */
export function WhatIf({ row, onTry }: Props) {
  const classes = useClasses();
  const { trial, error } = useTrial(row);
  if (error !== undefined) return <Failure message={error} />;
  if (!row) return <p class="muted">Give every value, and the answer appears here.</p>;
  if (!trial) return <p class="muted">…</p>;
  const { label, score, probabilities, nearest_change } = trial;
  const known = { ...trial, prediction: label };
  return (
    <>
      <p class="trial" role="status">
        It would be <AnswerLabel {...known} /> {score === undefined ? null : <Confidence score={score} />}
      </p>
      <UnlikeNote {...known} />
      {probabilities ? <Ranking probabilities={classes.map(name => probabilities[name] ?? 0)} /> : null}
      <Nearest change={nearest_change ?? undefined} onTry={onTry} />
    </>
  );
}

function Nearest({
  change,
  onTry,
}: {
  readonly change: Trial['nearest_change'] | undefined;
  readonly onTry: Props['onTry'];
}) {
  const { features } = useDataSet();
  if (!change) return <p class="muted">No other value of a single feature would change that.</p>;
  const { column, value, direction, label } = change;
  const place = features.findIndex(feature => feature.column === column);
  const text = valueText(value).replace(/^-/, '−');
  return (
    <p class="nearest">
      With {features[place]?.name} {direction ? `${direction} ${text}` : `“${text}”`} it would be{' '}
      <bdi>“{label}”</bdi>.{' '}
      <button type="button" onClick={() => onTry(place, valueText(value))}>
        Try it
      </button>
    </p>
  );
}

/** The answer to the values as they stand after a pause. What came before stays until there is another. */
function useTrial(row: Row | undefined) {
  const { item } = useDataSet();
  const [answer, setAnswer] = useState<{ readonly trial?: Trial | undefined; readonly error?: string }>({});
  const body = row && JSON.stringify({ subjects: [item], features: [row] });
  useEffect(() => {
    if (body === undefined) return undefined;
    let isLatest = true;
    const timer = setTimeout(() => {
      call<PredictionAnswer>('POST', '/predict?record=false&nearest_change=true', JSON.parse(body)).then(
        ({ predictions: [trial] }) => isLatest && setAnswer({ trial }),
        failure => isLatest && setAnswer({ error: messageOf(failure) }),
      );
    }, pauseMs);
    return () => {
      isLatest = false;
      clearTimeout(timer);
    };
  }, [body]);
  return { trial: answer.trial, error: answer.error };
}
