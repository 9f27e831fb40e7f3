import { exampleRow, readItemsCsv, writeItemsCsv } from '@banknote-loop/shared/data-set';
import { useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { count, countItems, pluralize, valueText } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import { LargeFile } from './large-file.tsx';
import type { SubmittedItem } from './submit-items.ts';

const maxRows = 5;
const maxColumns = 30;
const maxProblems = 8;
/** A larger file is neither shown nor held in memory. */
const mostShownBytes = 200_000;

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (items: readonly SubmittedItem[]) => void;
}

/** Many items from a spreadsheet, pasted or dropped; what is wrong with them is said before anything is sent. */
export function CsvForm({ busy, onSubmit }: Props) {
  const dataSet = useDataSet();
  const [text, setText] = useState('');
  const [isDragOver, setDragOver] = useState(false);
  const [large, setLarge] = useState<File>();
  const parsed = text.trim() === '' ? undefined : readItemsCsv(dataSet, text);
  const readFile = async (file: File | undefined): Promise<void> => {
    setDragOver(false);
    if (file && file.size > mostShownBytes) setLarge(file);
    else if (file) setText(await file.text());
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    void readFile(event.dataTransfer?.files[0]);
  };
  const dragLeave = (): void => setDragOver(false);
  const dragOver = (event: DragEvent): void => {
    event.preventDefault();
    setDragOver(true);
  };
  if (large) return <LargeFile file={large} onClose={() => setLarge(undefined)} />;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the file field does the same.
    <div
      class={`csv-form ${isDragOver ? 'over' : ''}`}
      onDragOver={dragOver}
      onDragLeave={dragLeave}
      onDrop={drop}
    >
      <label>
        Paste CSV, or drop a file here
        <textarea
          rows={6}
          spellcheck={false}
          placeholder={writeItemsCsv(dataSet, [{ subject: `${dataSet.item} 1`, row: exampleRow(dataSet) }])}
          value={text}
          onInput={event => setText(event.currentTarget.value)}
        />
      </label>
      <label class="file">
        or choose one
        <input
          type="file"
          accept=".csv,text/csv,text/plain"
          onChange={event => void readFile(event.currentTarget.files?.[0])}
        />
      </label>
      {parsed ? <Preview {...parsed} /> : null}
      <p class="actions">
        <button
          type="button"
          class="primary"
          disabled={busy || !parsed?.subjects.length}
          onClick={() => parsed && onSubmit(itemsOf(parsed))}
        >
          {parsed ? `Ask about ${countItems(dataSet, parsed.subjects.length)}` : 'Ask'}
        </button>
      </p>
    </div>
  );
}

type CsvItems = ReturnType<typeof readItemsCsv>;

function itemsOf({ subjects, features }: CsvItems): readonly SubmittedItem[] {
  return features.map((row, i) => ({ subject: subjects[i] ?? '', features: row }));
}

function Preview({ subjects, features, problems }: CsvItems) {
  const dataSet = useDataSet();
  const columns = dataSet.features.slice(0, maxColumns);
  const hidden = dataSet.features.length - columns.length;
  return (
    <>
      {subjects.length > 0 ? (
        <Scroll label="Preview">
          <table>
            <caption>
              {countItems(dataSet, subjects.length)}
              {subjects.length > maxRows ? `, the first ${maxRows} of them:` : ':'}
            </caption>
            <thead>
              <tr>
                <th scope="col">name</th>
                {columns.map(({ column, name }) => (
                  <th key={column} scope="col">
                    {name}
                  </th>
                ))}
                {hidden > 0 ? <th scope="col">and {count(hidden)} more</th> : null}
              </tr>
            </thead>
            <tbody>
              {features.slice(0, maxRows).map((row, i) => (
                <tr key={subjects[i]}>
                  <th scope="row">
                    <bdi>{subjects[i]}</bdi>
                  </th>
                  {columns.map(({ column, kind }, place) => (
                    <td key={column} class={kind === 'number' ? 'number' : ''}>
                      {valueText(row[place] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      ) : null}
      {problems.length > 0 ? (
        <div class="problems" role="alert">
          <p>
            {pluralize(problems.length, 'line')} cannot be used
            {subjects.length > 0 ? ' and will be left out' : ''}:
          </p>
          <ul>
            {problems.slice(0, maxProblems).map(({ line, message }) => (
              <li key={line}>
                line {count(line)}: {message}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </>
  );
}
