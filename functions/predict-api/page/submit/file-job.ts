import type { NoteAnswer } from '@banknote-loop/shared/contract';
import { CsvReader, csvLine, type DataSet } from '@banknote-loop/shared/data-set';
import { ApiError, messageOf } from '../api.ts';
import { submitBatch } from './submit-items.ts';

type Part = ReturnType<CsvReader['push']>;
type FileItem = Part['items'][number];
type Problem = Part['problems'][number];

/** How far a file has come. */
export interface JobState {
  readonly readBytes: number;
  readonly answered: number;
  /** How many answers name each class. */
  readonly tally: ReadonlyMap<string, number>;
  readonly problems: number;
  /** The first of them. */
  readonly firstProblems: readonly Problem[];
  readonly status: 'running' | 'paused' | 'done' | 'stopped';
  /** Why it has paused by itself. */
  readonly error?: string;
}

const batchSize = 500;
/** So many batches are under way at a time: more would wait in a queue instead of here. */
const mostUnderWay = 4;
const mostTries = 6;
const mostProblemsShown = 100;

/**
 * Reads a file piece by piece, asks about its rows batch by batch, and writes the answers down as CSV. Nothing of it
 * grows with the file but two files that the browser keeps, so that a hundred thousand rows take no more memory than one thousand.
 */
export class FileJob {
  readonly #dataSet: DataSet;
  readonly #file: File;
  readonly #onChange: (state: JobState) => void;
  readonly #answers = new TextFile();
  readonly #problems = new TextFile();
  readonly #underWay = new Set<Promise<void>>();
  readonly #tally = new Map<string, number>();
  #state: JobState = {
    readBytes: 0,
    answered: 0,
    tally: new Map(),
    problems: 0,
    firstProblems: [],
    status: 'running',
  };
  #goOn: (() => void) | undefined;
  #gate: Promise<void> = Promise.resolve();

  constructor(dataSet: DataSet, file: File, onChange: (state: JobState) => void) {
    this.#dataSet = dataSet;
    this.#file = file;
    this.#onChange = onChange;
    this.#answers.write(csvLine(['line', 'subject', 'answer', 'probability', 'unlike']));
    this.#problems.write(csvLine(['line', 'problem']));
  }

  get answers(): Blob {
    return this.#answers.blob;
  }

  get problems(): Blob {
    return this.#problems.blob;
  }

  async run(): Promise<void> {
    try {
      let rows: FileItem[] = [];
      for await (const { items, problems } of this.#parts()) {
        this.#note(problems);
        rows.push(...items);
        while (rows.length >= batchSize) {
          await this.#send(rows.slice(0, batchSize));
          rows = rows.slice(batchSize);
        }
        if (this.#isStopped) break;
      }
      if (rows.length > 0) await this.#send(rows);
      await Promise.all(this.#underWay);
      this.#change(this.#isStopped ? {} : { status: 'done', readBytes: this.#file.size });
    } catch (failure) {
      this.#change({ status: 'stopped', error: messageOf(failure) });
    }
  }

  pause(error?: string): void {
    if (this.#state.status !== 'running') return;
    this.#gate = new Promise(resolve => {
      this.#goOn = resolve;
    });
    this.#change({ status: 'paused', ...(error === undefined ? {} : { error }) });
  }

  goOn(): void {
    const { error: _, ...state } = this.#state;
    this.#state = state;
    this.#change({ status: 'running' });
    this.#goOn?.();
  }

  stop(): void {
    this.#change({ status: 'stopped' });
    this.#goOn?.();
  }

  get #isStopped(): boolean {
    return this.#state.status === 'stopped';
  }

  async *#parts(): AsyncGenerator<Part> {
    const reader = new CsvReader(this.#dataSet, { labelled: false });
    const text = new TextDecoder();
    const bytes = this.#file.stream().getReader();
    for (;;) {
      const { done, value } = await bytes.read();
      if (done) break;
      yield reader.push(text.decode(value, { stream: true }));
      this.#change({ readBytes: this.#state.readBytes + value.length });
    }
    yield reader.push(text.decode());
    yield reader.end();
  }

  /** Begins to ask about rows as soon as there is room. */
  async #send(rows: readonly FileItem[]): Promise<void> {
    await this.#gate;
    while (this.#underWay.size >= mostUnderWay) await Promise.race(this.#underWay);
    if (this.#isStopped) return;
    const work = this.#ask(rows).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  /** Asks until there is an answer: what cannot be reached for a while pauses everything, and nothing is lost by it. */
  async #ask(rows: readonly FileItem[]): Promise<void> {
    const key = crypto.randomUUID();
    const items = rows.map(({ subject, row }) => ({ subject, features: row }));
    for (let tries = 1; !this.#isStopped; tries += 1) {
      await this.#gate;
      try {
        this.#keep(rows, await submitBatch(items, key));
        return;
      } catch (failure) {
        const mayPass = failure instanceof ApiError && [0, 404, 429, 503].includes(failure.status);
        if (!mayPass || tries % mostTries === 0) this.pause(messageOf(failure));
        else await new Promise(resolve => setTimeout(resolve, 250 * 2 ** (tries % mostTries)));
      }
    }
  }

  #keep(rows: readonly FileItem[], answers: readonly NoteAnswer[]): void {
    for (const [i, answer] of answers.entries()) {
      const { subject, prediction, unlike } = answer;
      this.#answers.write(
        csvLine([rows[i]?.line ?? null, subject, prediction, probabilityOf(answer), unlike ?? null]),
      );
      this.#tally.set(prediction, (this.#tally.get(prediction) ?? 0) + 1);
    }
    this.#change({ answered: this.#state.answered + answers.length, tally: new Map(this.#tally) });
  }

  #note(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    for (const { line, message } of problems) this.#problems.write(csvLine([line, message]));
    this.#change({
      problems: this.#state.problems + problems.length,
      firstProblems: [...this.#state.firstProblems, ...problems].slice(0, mostProblemsShown),
    });
  }

  #change(part: Partial<JobState>): void {
    this.#state = { ...this.#state, ...part };
    this.#onChange(this.#state);
  }
}

function probabilityOf({ score, probabilities }: NoteAnswer): number | null {
  if (probabilities) return Math.max(...probabilities);
  return score == null ? null : Math.max(score, 1 - score);
}

/** So many characters are in memory at most; then they are the browser's, which keeps what is large on the disk. */
const mostCharacters = 1 << 18;

/** A text that grows. */
class TextFile {
  #blob = new Blob([], { type: 'text/csv' });
  #rest: string[] = [];
  #length = 0;

  write(line: string): void {
    this.#rest.push(line);
    this.#length += line.length;
    if (this.#length > mostCharacters) this.#flush();
  }

  get blob(): Blob {
    this.#flush();
    return this.#blob;
  }

  #flush(): void {
    this.#blob = new Blob([this.#blob, ...this.#rest], { type: 'text/csv' });
    this.#rest = [];
    this.#length = 0;
  }
}
