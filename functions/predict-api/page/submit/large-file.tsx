import { useEffect, useRef, useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { count, countItems, percent, pluralize } from '../format.ts';
import { ClassLabel } from '../ui/class-label.tsx';
import { Failure } from '../ui/parts.tsx';
import { FileJob, type JobState } from './file-job.ts';

interface Props {
  readonly file: File;
  readonly onClose: () => void;
}

/** A file that is too large to be shown: it is read and asked about piece by piece. */
export function LargeFile({ file, onClose }: Props) {
  const dataSet = useDataSet();
  const [state, setState] = useState<JobState>();
  const job = useRef<FileJob | undefined>(undefined);
  useEffect(() => () => job.current?.stop(), []);
  const isUnderWay = state?.status === 'running' || state?.status === 'paused';
  useWarning(isUnderWay);
  const start = (): void => {
    job.current = new FileJob(dataSet, file, setState);
    void job.current.run();
  };
  return (
    <section class="large-file" aria-label={file.name}>
      <p>
        <b>
          <bdi>{file.name}</bdi>
        </b>{' '}
        <span class="muted">{sizeText(file.size)}</span>
      </p>
      {state ? (
        <Running file={file} state={state} />
      ) : (
        <p class="muted">
          It is read and asked about piece by piece, and the answers can be had as a file. You can pause at
          any time.
        </p>
      )}
      <p class="actions">
        {state ? null : (
          <button type="button" class="primary" onClick={start}>
            Ask about all of it
          </button>
        )}
        {state?.status === 'running' ? (
          <button type="button" onClick={() => job.current?.pause()}>
            Pause
          </button>
        ) : null}
        {state?.status === 'paused' ? (
          <button type="button" class="primary" onClick={() => job.current?.goOn()}>
            Go on
          </button>
        ) : null}
        {isUnderWay ? (
          <button type="button" onClick={() => job.current?.stop()}>
            Stop
          </button>
        ) : (
          <button type="button" onClick={onClose}>
            Another file
          </button>
        )}
      </p>
      {state && state.status !== 'running' && state.answered + state.problems > 0 ? (
        <p class="actions">
          {state.answered > 0 ? (
            <Download
              name="answers.csv"
              text={`${pluralize(state.answered, 'answer')} as CSV`}
              content={() => job.current?.answers}
            />
          ) : null}
          {state.problems > 0 ? (
            <Download
              name="problems.csv"
              text={`${pluralize(state.problems, 'line')} that cannot be used, as CSV`}
              content={() => job.current?.problems}
            />
          ) : null}
        </p>
      ) : null}
      <p class="muted">
        {state?.status === 'done' ? `All ${dataSet.items} of the file have been asked about.` : ''}
      </p>
    </section>
  );
}

const statusWords = { running: '', paused: 'Paused. ', done: 'Done. ', stopped: 'Stopped. ' } as const;

function Running({ file, state }: { readonly file: File; readonly state: JobState }) {
  const dataSet = useDataSet();
  const { readBytes, answered, tally, problems, firstProblems, status, error } = state;
  return (
    <>
      <label>
        {percent(readBytes / Math.max(1, file.size))} of the file read
        <progress max={file.size} value={readBytes} />
      </label>
      <p role="status">
        {statusWords[status]}
        {countItems(dataSet, answered)} answered.
      </p>
      <p>
        {[...tally].map(([name, number]) => (
          <span key={name} class="tally">
            <ClassLabel name={name} /> {count(number)}{' '}
          </span>
        ))}
      </p>
      <Failure message={error} />
      {problems > 0 ? (
        <details class="problems">
          <summary>{pluralize(problems, 'line')} cannot be used and will be left out</summary>
          <ul>
            {firstProblems.map(({ line, message }) => (
              <li key={line}>
                line {count(line)}: <bdi>{message}</bdi>
              </li>
            ))}
          </ul>
          {problems > firstProblems.length ? (
            <p>and {count(problems - firstProblems.length)} more, which are in the file below.</p>
          ) : null}
        </details>
      ) : null}
    </>
  );
}

interface DownloadProps {
  readonly name: string;
  readonly text: string;
  readonly content: () => Blob | undefined;
}

function Download({ name, text, content }: DownloadProps) {
  const save = (): void => {
    const blob = content();
    if (!blob) return;
    const address = URL.createObjectURL(blob);
    const link = document.createElement('a');
    link.href = address;
    link.download = name;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return (
    <button type="button" onClick={save}>
      {text}
    </button>
  );
}

/** Whoever closes the window in the middle is asked whether they mean it. */
function useWarning(isUnderWay: boolean): void {
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const warn = (event: Event): void => event.preventDefault();
    addEventListener('beforeunload', warn);
    return () => removeEventListener('beforeunload', warn);
  }, [isUnderWay]);
}

function sizeText(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
