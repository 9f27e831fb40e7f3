import { useState } from 'preact/hooks';
import { get, messageOf } from '../api.ts';
import { useDataSet } from '../data-set.tsx';
import { capitalized } from '../format.ts';
import { Choice } from '../ui/choice.tsx';
import { Failure } from '../ui/parts.tsx';
import type { SubmittedItem } from './submit-items.ts';

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (items: readonly SubmittedItem[]) => void;
}

/** Items of the data set, picked at random, whose class is known. */
export function SampleForm({ busy, onSubmit }: Props) {
  const { items } = useDataSet();
  const sizes = { '5': `5 ${items}`, '20': `20 ${items}`, '100': `100 ${items}` };
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
        {capitalized(items)} from the data set, picked at random. The answers show what each of them really
        is.
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
