import { type CsvNotes, readNotesCsv } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import { count, pluralize } from '../format.ts';
import { Scroll } from '../ui/scroll.tsx';
import type { Note } from './submit-notes.ts';

const maxRows = 5;
const maxProblems = 8;

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (notes: readonly Note[]) => void;
}

/** Many notes from a spreadsheet, pasted or dropped; what is wrong with them is said before anything is sent. */
export function CsvForm({ busy, onSubmit }: Props) {
  const [text, setText] = useState('');
  const [isDragOver, setDragOver] = useState(false);
  const parsed = text.trim() === '' ? undefined : readNotesCsv(text);
  const readFile = async (file: File | undefined): Promise<void> => {
    setDragOver(false);
    if (file) setText(await file.text());
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
          placeholder={'subject,variance,skewness,curtosis,entropy\nnote 1,3.62,8.67,-2.81,-0.45'}
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
          onClick={() => parsed && onSubmit(notesOf(parsed))}
        >
          {parsed ? `Ask about ${pluralize(parsed.subjects.length, 'note')}` : 'Ask'}
        </button>
      </p>
    </div>
  );
}

function notesOf({ subjects, features }: CsvNotes): readonly Note[] {
  return features.map((row, i) => ({ subject: subjects[i] ?? '', features: row }));
}

function Preview({ subjects, features, problems }: CsvNotes) {
  return (
    <>
      {subjects.length > 0 ? (
        <Scroll label="Preview">
          <table>
            <caption>
              {pluralize(subjects.length, 'note')}
              {subjects.length > maxRows ? `, the first ${maxRows} of them:` : ':'}
            </caption>
            <thead>
              <tr>
                <th scope="col">name</th>
                <th scope="col">variance</th>
                <th scope="col">skewness</th>
                <th scope="col">curtosis</th>
                <th scope="col">entropy</th>
              </tr>
            </thead>
            <tbody>
              {features.slice(0, maxRows).map((row, i) => (
                <tr key={subjects[i]}>
                  <th scope="row">{subjects[i]}</th>
                  {row.map(value => (
                    <td class="number">{value}</td>
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
