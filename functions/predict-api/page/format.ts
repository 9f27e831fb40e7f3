import type { Value } from '@banknote-loop/shared/data-set';

const percentFormat = new Intl.NumberFormat('en', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const countFormat = new Intl.NumberFormat('en');
const timeFormat = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const dayFormat = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

export function percent(share: number): string {
  return percentFormat.format(share);
}

/** Certainty is never complete, and no rounding makes it so. */
export function confidence(share: number): string {
  return share > 0.999 ? '> 99.9%' : percent(share);
}

export function count(number: number): string {
  return countFormat.format(number);
}

/** `1 answer`, `2 answers`. */
export function pluralize(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A name of any script where no element can hold it: what stands beside it keeps its direction. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

/** What the data set calls one item, and several. */
interface Words {
  readonly item: string;
  readonly items: string;
}

/** `1 wolf`, `2 wolves`. */
export function countItems({ item, items }: Words, number: number): string {
  return `${count(number)} ${number === 1 ? item : items}`;
}

/** `a, b or c`. */
export function joinWords(words: readonly string[], conjunction = 'or'): string {
  return words.length < 2
    ? words.join('')
    : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A value of an item as people write it. */
export function valueText(value: Value): string {
  if (value === null) return 'missing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}

export function timeOfDay(time: string): string {
  return timeFormat.format(new Date(time));
}

export function dayAndTime(time: string): string {
  return dayFormat.format(new Date(time));
}

export function duration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** `model-20261120T230157433Z-d6f0f22cb8c7.json` is known to people as `23:01:57 · d6f0f2`. */
export function modelName(fileName: string): string {
  const [, hours, minutes, seconds, id] = /T(\d\d)(\d\d)(\d\d)\d*Z-([0-9a-f]{6})/.exec(fileName) ?? [];
  return id ? `${hours}:${minutes}:${seconds} · ${id}` : fileName.replace(/\.json$/, '');
}
