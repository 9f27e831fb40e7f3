import { useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { useDataSet } from '../data-set.tsx';
import { capitalized } from '../format.ts';
import { useSession } from '../session.tsx';
import { Choice } from '../ui/choice.tsx';
import { Card, Failure } from '../ui/parts.tsx';
import { Answers, type Progress } from './answers.tsx';
import { CsvForm } from './csv-form.tsx';
import { ItemForm } from './item-form.tsx';
import { SampleForm } from './sample-form.tsx';
import { type SubmittedAnswer, type SubmittedItem, submitItems } from './submit-items.ts';
import { Welcome } from './welcome.tsx';

export function Submit() {
  const { item, items } = useDataSet();
  // Samples are others' items.
  const seesOthers = useSession().scopes.includes('notes:read');
  const inputModes = { one: `One ${item}`, csv: 'CSV', ...(seesOthers && { samples: 'Samples' }) };
  const [mode, setMode] = useState<'one' | 'csv' | 'samples'>('one');
  const [answers, setAnswers] = useState<readonly SubmittedAnswer[]>([]);
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<string>();
  const busy = progress !== undefined;

  const submit = async (asked: readonly SubmittedItem[]): Promise<void> => {
    setError(undefined);
    setProgress({ done: 0, total: asked.length });
    let done = 0;
    try {
      await submitItems(asked, more => {
        done += more.length;
        setProgress({ done, total: asked.length });
        setAnswers(before => [...more, ...before]);
      });
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setProgress(undefined);
    }
  };

  const form = { busy, onSubmit: (asked: readonly SubmittedItem[]) => void submit(asked) };
  return (
    <>
      <Welcome />
      <div class="columns">
        <Card
          title={capitalized(items)}
          aside={<Choice legend="How to submit" value={mode} options={inputModes} onChange={setMode} />}
        >
          {mode === 'one' ? <ItemForm {...form} /> : null}
          {mode === 'csv' ? <CsvForm {...form} /> : null}
          {mode === 'samples' ? <SampleForm {...form} /> : null}
          <Failure message={error} />
        </Card>
        <Answers answers={answers} progress={progress} />
      </div>
    </>
  );
}
