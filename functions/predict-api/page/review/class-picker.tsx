import { useClasses } from '../data-set.tsx';
import { type Mark, type ReviewItem, wrong } from './draft-ratings.ts';

interface Props {
  readonly item: ReviewItem;
  readonly mark: Mark | undefined;
  readonly onFocus: () => void;
  readonly onMark: (mark: Mark) => void;
  readonly onNext: () => void;
}

/** No class can be called so: names have no blank at their ends. */
const unsaid = ' unsaid';

/**
 * "Wrong, and it is …". A list of the browser's own: typing the first letters of a class finds it among any number.
 * Enter goes on to the next item, Escape back to the keys of the view.
 */
export function ClassPicker({ item: { subject, prediction }, mark, onFocus, onMark, onNext }: Props) {
  const others = useClasses().filter(name => name !== prediction);
  const isWrong = mark?.rating === 0;
  const choose = (value: string): void => {
    // The same mark again takes it off.
    if (value === '') onMark(mark ?? wrong);
    else onMark(value === unsaid ? wrong : { rating: 0, label: value });
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.blur();
    if (event.key === 'Enter') onNext();
  };
  return (
    <select
      class={`rate-wrong ${isWrong ? 'chosen' : ''}`}
      aria-label={`wrong: ${subject} is not ${prediction}, it is`}
      value={isWrong ? (mark.label ?? unsaid) : ''}
      onFocus={onFocus}
      onKeyDown={press}
      onChange={event => choose(event.currentTarget.value)}
    >
      <option value="">{isWrong ? 'not rated' : 'wrong …'}</option>
      {others.map(name => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
      <option value={unsaid}>(wrong, I cannot say what it is)</option>
    </select>
  );
}
