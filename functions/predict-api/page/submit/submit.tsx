import { useState } from 'preact/hooks';
import { messageOf } from '../api.ts';
import { Choice } from '../ui/choice.tsx';
import { Card, Failure } from '../ui/parts.tsx';
import { Answers, type Progress } from './answers.tsx';
import { CsvForm } from './csv-form.tsx';
import { NoteForm } from './note-form.tsx';
import { SampleForm } from './sample-form.tsx';
import { type AnsweredNote, type Note, submitNotes } from './submit-notes.ts';
import { Welcome } from './welcome.tsx';

const inputModes = { note: 'One note', csv: 'CSV', samples: 'Samples' } as const;

export function Submit() {
  const [mode, setMode] = useState<keyof typeof inputModes>('note');
  const [answers, setAnswers] = useState<readonly AnsweredNote[]>([]);
  const [progress, setProgress] = useState<Progress>();
  const [error, setError] = useState<string>();
  const busy = progress !== undefined;

  const submit = async (notes: readonly Note[]): Promise<void> => {
    setError(undefined);
    setProgress({ done: 0, total: notes.length });
    let done = 0;
    try {
      await submitNotes(notes, more => {
        done += more.length;
        setProgress({ done, total: notes.length });
        setAnswers(before => [...more, ...before]);
      });
    } catch (failure) {
      setError(messageOf(failure));
    } finally {
      setProgress(undefined);
    }
  };

  const form = { busy, onSubmit: (notes: readonly Note[]) => void submit(notes) };
  return (
    <>
      <Welcome />
      <div class="columns">
        <Card
          title="Notes"
          aside={<Choice legend="How to submit" value={mode} options={inputModes} onChange={setMode} />}
        >
          {mode === 'note' ? <NoteForm {...form} /> : null}
          {mode === 'csv' ? <CsvForm {...form} /> : null}
          {mode === 'samples' ? <SampleForm {...form} /> : null}
          <Failure message={error} />
        </Card>
        <Answers answers={answers} progress={progress} />
      </div>
    </>
  );
}
