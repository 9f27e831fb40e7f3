import { type Row, readItemsCsv } from '@banknote-loop/shared/data-set';
import { useState } from 'preact/hooks';
import { get, messageOf } from '../api.ts';
import { useDataSet } from '../data-set.tsx';
import { Failure } from '../ui/parts.tsx';

/** Fills in all values at once: from a line of a spreadsheet, or as some item of the data set has them. */
export function QuickFill({ onFill }: { readonly onFill: (row: Row) => void }) {
  const dataSet = useDataSet();
  const { item, features } = dataSet;
  const [error, setError] = useState<string>();
  const read = (text: string): void => {
    const { features: rows, problems } = readItemsCsv(dataSet, text);
    const [row] = rows;
    if (row) onFill(row);
    setError(row || text.trim() === '' ? undefined : problems[0]?.message);
  };
  const draw = async (): Promise<void> => {
    try {
      const { samples } = await get('/samples?count=1');
      if (samples[0]) onFill(samples[0].features);
      setError(undefined);
    } catch (failure) {
      setError(messageOf(failure));
    }
  };
  return (
    <div class="wide quick-fill">
      <label>
        Paste a row
        <textarea
          rows={2}
          spellcheck={false}
          placeholder={`${features.length} values in their order, or a header and a line`}
          onInput={event => read(event.currentTarget.value)}
        />
      </label>
      <button type="button" onClick={() => void draw()}>
        Draw one {item} from the data set
      </button>
      <Failure message={error} />
    </div>
  );
}
