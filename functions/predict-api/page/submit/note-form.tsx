import { type Features, featureNames } from '@banknote-loop/shared/contract';
import { useState } from 'preact/hooks';
import type { Note } from './submit-notes.ts';

const hints = {
  variance: 'how much the light and dark of the picture vary',
  skewness: 'whether they lean to one side',
  curtosis: 'how sharply they peak',
  entropy: 'how much the picture tells',
} as const;

type Texts = Readonly<Record<(typeof featureNames)[number], string>>;

const example: Texts = { variance: '3.6216', skewness: '8.6661', curtosis: '-2.8073', entropy: '-0.44699' };

interface Props {
  readonly busy: boolean;
  readonly onSubmit: (notes: readonly Note[]) => void;
}

/** One note, typed by hand. */
export function NoteForm({ busy, onSubmit }: Props) {
  const [subject, setSubject] = useState('My first note');
  const [texts, setTexts] = useState(example);
  const submit = (event: Event): void => {
    event.preventDefault();
    const features: Features = [
      Number(texts.variance),
      Number(texts.skewness),
      Number(texts.curtosis),
      Number(texts.entropy),
    ];
    onSubmit([{ subject, features }]);
  };
  return (
    <form class="note-form" onSubmit={submit}>
      <label class="wide">
        Name
        <input
          required
          maxLength={200}
          value={subject}
          onInput={event => setSubject(event.currentTarget.value)}
        />
      </label>
      {featureNames.map(name => (
        <label key={name}>
          {name}
          <input
            required
            type="number"
            step="any"
            inputMode="decimal"
            aria-describedby={`hint-${name}`}
            value={texts[name]}
            onInput={event => setTexts({ ...texts, [name]: event.currentTarget.value })}
          />
          <small id={`hint-${name}`}>{hints[name]}</small>
        </label>
      ))}
      <p class="actions wide">
        <button type="submit" class="primary" disabled={busy}>
          Is it real?
        </button>
      </p>
    </form>
  );
}
