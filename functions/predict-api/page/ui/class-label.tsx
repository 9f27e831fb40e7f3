import { isYesNo, useClasses, useDataSet } from '../data-set.tsx';
import { confidence } from '../format.ts';

// Never a colour alone: a class has its name and a sign beside it.

const colours = 10;
/** As many as share no divisor with the colours: so the pairs repeat late. */
const signs = ['●', '■', '▲', '◆', '▼', '★', '◖'] as const;

export function colourOf(number: number): string {
  return `class-${Math.max(0, number) % colours}`;
}

/** Also what the map draws (stamps.ts). */
export function signOf(number: number): string {
  return signs[Math.max(0, number) % signs.length] ?? signs[0];
}

/** A class in a word, a sign and a colour. */
export function ClassLabel({ name }: { readonly name: string }) {
  const dataSet = useDataSet();
  const number = useClasses().indexOf(name);
  const sign = isYesNo(dataSet) ? ['✕', '✓'][number] : signOf(number);
  return (
    <span class={`prediction ${colourOf(number)}`}>
      <span aria-hidden="true">{sign}</span> <bdi>{name}</bdi>
    </span>
  );
}

/** What a model said of an item: with two classes the probability of class 1, with more that of each. */
interface Probabilities {
  readonly score?: number | null | undefined;
  readonly probabilities?: readonly number[] | null | undefined;
}

/** With two classes, how sure the model is of its answer: from a guess to certainty. */
export function Confidence({ score }: Pick<Probabilities, 'score'>) {
  if (score == null) return <span class="muted">unknown</span>;
  const probability = Math.max(score, 1 - score);
  return (
    <span class="confidence">
      <meter min={0.5} max={1} value={probability} aria-label="confidence" />
      <span class="number">{confidence(probability)}</span>
    </span>
  );
}

const shownAtOnce = 3;

/** With more classes, what it could be: the most probable first. */
export function Ranking({ probabilities }: Pick<Probabilities, 'probabilities'>) {
  const classes = useClasses();
  if (!probabilities) return <span class="ranking">It is unknown how sure that is.</span>;
  const ranked = classes
    .map((name, number) => ({ name, number, probability: probabilities[number] ?? 0 }))
    .toSorted((a, b) => b.probability - a.probability);
  const first = <Ranks ranked={ranked.slice(0, shownAtOnce)} />;
  if (ranked.length <= shownAtOnce) return <div class="ranking">{first}</div>;
  return (
    <details class="ranking">
      <summary>{first}</summary>
      <Ranks ranked={ranked.slice(shownAtOnce)} />
    </details>
  );
}

interface Ranked {
  readonly name: string;
  readonly number: number;
  readonly probability: number;
}

function Ranks({ ranked }: { readonly ranked: readonly Ranked[] }) {
  return (
    <>
      {ranked.map(({ name, number, probability }) => (
        <span key={name} class={`rank ${colourOf(number)}`}>
          <span class="share" style={`--share: ${probability}`} aria-hidden="true" />
          <bdi>{name}</bdi> <span class="number">{confidence(probability)}</span>
        </span>
      ))}
    </>
  );
}

/** What lists of items need to know of the classes: how many there are, and how much room the longest name takes. */
export function useListShape(): { readonly class: string; readonly style: string } {
  const classes = useClasses();
  const longest = Math.max(...classes.map(({ length }) => length));
  return {
    class: `plain-list item-list ${classes.length > 2 ? 'many-classes' : ''}`,
    style: `--letters: ${longest}`,
  };
}
