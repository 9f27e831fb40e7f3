import { useState } from 'preact/hooks';
import { get, messageOf } from '../api.ts';
import { Choice } from '../ui/choice.tsx';
import { Failure } from '../ui/parts.tsx';
import type { Note } from './submit-notes.ts';

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (notes: readonly Note[]) => void;
}

const sizes = { '5': '5 notes', '20': '20 notes', '100': '100 notes' } as const;

/** Notes of the data set, picked at random, whose class is known. */
export function SampleForm({ busy, onSubmit }: Props) {
  const [size, setSize] = useState<keyof typeof sizes>('20');
  const [error, setError] = useState<string>();
  const draw = async (): Promise<void> => {
    setError(undefined);
    try {
      const { samples } = await get(`/samples?count=${size}`);
      onSubmit(
        samples.map(({ features, label }, i) => ({ subject: `sample ${i + 1}`, features, truth: label })),
      );
    } catch (failure) {
      setError(messageOf(failure));
    }
  };
  return (
    <div>
      <p>
        Real and fake notes from the data set, picked at random. The answers show what each of them really is.
      </p>
      <Choice legend="How many" value={size} options={sizes} onChange={setSize} />
      <Failure message={error} />
      <p class="actions">
        <button type="button" class="primary" disabled={busy} onClick={() => void draw()}>
          Draw and ask
        </button>
      </p>
    </div>
  );
}
