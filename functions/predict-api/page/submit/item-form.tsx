import { exampleRow, type Row, readValue, type Value } from '@banknote-loop/shared/data-set';
import { useRef, useState } from 'preact/hooks';
import { useDataSet } from '../data-set.tsx';
import { valueText } from '../format.ts';
import { Fields } from './fields.tsx';
import { QuickFill } from './quick-fill.tsx';
import type { SubmittedItem } from './submit-items.ts';
import { useRanges } from './use-ranges.ts';
import { WhatIf } from './what-if.tsx';

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (items: readonly SubmittedItem[]) => void;
}

/** From so many features on, nobody types them all. */
const many = 8;

/** One item, typed by hand; the values of an example are there to begin with. */
export function ItemForm({ busy, onSubmit }: Props) {
  const dataSet = useDataSet();
  const { features, item, question } = dataSet;
  const isLong = features.length > many;
  const form = useRef<HTMLFormElement>(null);
  const [subject, setSubject] = useState(`My first ${item}`);
  const [texts, setTexts] = useState(() => exampleRow(dataSet).map(textOf));
  const [isChecked, setChecked] = useState(false);
  const read = features.map((feature, place) => readValue(feature, texts[place] ?? ''));
  const [isTrying, setTrying] = useState(false);
  const ranges = useRanges(isTrying);
  const row = read.flatMap(({ value }) => (value === undefined ? [] : [value]));
  const isWhole = row.length === features.length;
  const submit = (event: Event): void => {
    event.preventDefault();
    setChecked(!isWhole);
    if (isWhole) onSubmit([{ subject, features: row }]);
    else focusFirstProblem(form.current);
  };
  const change = (place: number, text: string): void => setTexts(before => before.with(place, text));
  const fill = (row: Row): void => setTexts(row.map(textOf));
  const trial = isTrying ? (
    <section class="wide what-if" aria-label="What if?">
      <WhatIf row={isWhole ? row : undefined} onTry={change} />
    </section>
  ) : null;
  return (
    <form ref={form} class={`item-form ${isLong ? 'long' : ''}`} noValidate={isLong} onSubmit={submit}>
      <label class="wide">
        Name
        <input
          required
          maxLength={200}
          dir="auto"
          value={subject}
          onInput={event => setSubject(event.currentTarget.value)}
        />
      </label>
      {isLong ? <QuickFill onFill={fill} /> : null}
      {isLong ? trial : null}
      <Fields
        texts={texts}
        problems={isChecked ? read.map(({ problem }) => problem) : []}
        ranges={ranges}
        onChange={change}
      />
      {isLong ? null : trial}
      <p class="actions wide">
        <button type="submit" class="primary" disabled={busy || subject.trim() === ''}>
          {question}
        </button>
        <button type="button" aria-pressed={isTrying} onClick={() => setTrying(!isTrying)}>
          What if?
        </button>
      </p>
    </form>
  );
}

function textOf(value: Value): string {
  return value === null ? '' : valueText(value);
}

/** As soon as the problems are shown: the group that holds the first of them opens with that. */
function focusFirstProblem(form: HTMLFormElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
}
