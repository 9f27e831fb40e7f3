import type { ModelAnswer, ModelScore } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { useClasses, useDataSet } from '../data-set.tsx';
import { count, countItems, modelName, percent } from '../format.ts';
import { Card, Empty } from '../ui/parts.tsx';
import { ClassFigures } from './class-figures.tsx';
import { Confusion } from './confusion.tsx';
import { Differences } from './differences.tsx';
import { Segments } from './segments.tsx';

/** Two models side by side. */
export function Compare({ models }: { readonly models: readonly ModelAnswer[] }) {
  const judged = models.filter(({ report }) => report.challenger && report.stored !== false);
  const [left, setLeft] = useState<string>();
  const [right, setRight] = useState<string>();
  const first = judged.find(({ model_file_name }) => model_file_name === left) ?? judged[0];
  const second = judged.find(({ model_file_name }) => model_file_name === right) ?? judged[1];
  return (
    <Card title="Compare two">
      {first && second ? (
        <>
          <div class="compare">
            <Side label="This model" models={judged} model={first} onChange={setLeft} />
            <Side label="and this one" models={judged} model={second} onChange={setRight} />
          </div>
          <Differences first={first.model_file_name} second={second.model_file_name} />
        </>
      ) : (
        <Empty>There are not two models yet. Correct a prediction, and there will be.</Empty>
      )}
    </Card>
  );
}

interface SideProps {
  readonly label: string;
  readonly models: readonly ModelAnswer[];
  readonly model: ModelAnswer;
  readonly onChange: (name: string) => void;
}

function Side({ label, models, model, onChange }: SideProps) {
  const dataSet = useDataSet();
  const { report, promoted, reason, model_file_name, records } = model;
  return (
    <div>
      <label class="pick">
        {label}
        <select value={model_file_name} onChange={event => onChange(event.currentTarget.value)}>
          {models.map(one => (
            <option key={one.model_file_name} value={one.model_file_name}>
              {modelName(one.model_file_name)} ({one.promoted ? 'promoted' : 'refused'})
            </option>
          ))}
        </select>
      </label>
      {report.challenger ? <Score side={label} score={report.challenger} classes={report.classes} /> : null}
      <p>
        <b>{promoted ? 'Promoted.' : 'Refused.'}</b> {reason}
      </p>
      <Segments report={report} />
      <p class="muted">
        Learned from {countItems(dataSet, records)}.{' '}
        {report.flips
          ? `Of the latest ${count(report.flips.rows)} answers it would have changed ${count(report.flips.changed)}: ${count(report.flips.agreeing)} the way people said, ${count(report.flips.contradicting)} against it.`
          : ''}
      </p>
    </div>
  );
}

interface ScoreProps {
  /** Which of the two sides it stands on: what scrolls has a name of its own. */
  readonly side: string;
  readonly score: ModelScore;
  /** In the order of their numbers. Reports of earlier days do not name them. */
  readonly classes: readonly string[] | undefined;
}

function Score({ side, score, classes }: ScoreProps) {
  const declared = useClasses();
  const names = classes ?? declared;
  const { accuracy, interval, correct, rows, confusion } = score;
  return (
    <>
      <p class="score">
        <b>{percent(accuracy)}</b>{' '}
        <span class="muted">
          {count(correct)} of {count(rows)}; with 95 % certainty between {percent(interval.low)} and{' '}
          {percent(interval.high)}
        </span>
      </p>
      <Confusion side={side} classes={names} confusion={confusion} />
      <ClassFigures side={side} classes={names} score={score} />
    </>
  );
}
