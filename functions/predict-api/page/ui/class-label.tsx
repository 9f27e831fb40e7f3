import { isYesNo, useClasses, useDataSet } from '../data-set.tsx';
import { confidence } from '../format.ts';

// Never a colour alone: a class has its name and a sign beside it.

const colours = 10;
/** As many as share no divisor with the colours: so the pairs repeat late. */
const signs = ['●', '■', '▲', '◆', '▼', '★', '◖'] as const;

export function colourOf(number: number): string {
  return `class-${Math.max(0, number) % colours}`;
}

/** A class in a word, a sign and a colour. */
export function ClassLabel({ name }: { readonly name: string }) {
  const dataSet = useDataSet();
  const number = useClasses().indexOf(name);
  const sign = isYesNo(dataSet) ? ['✕', '✓'][number] : signs[Math.max(0, number) % signs.length];
  return (
    <span class={`prediction ${colourOf(number)}`}>
      <span aria-hidden="true">{sign}</span> {name}
    </span>
  );
}

/** What a model said of an item: with two classes the probability of class 1, with more that of each. */
interface Probabilities {
  readonly score?: number | null | undefined;
  readonly probabilities?: readonly number[] | null | undefined;
}

/** How sure the model is of its answer, from a guess to certainty. */
export function Confidence({ score, probabilities }: Probabilities) {
  const { length } = useClasses();
  const probability = score == null ? highest(probabilities) : Math.max(score, 1 - score);
  if (probability === undefined) return <span class="muted">unknown</span>;
  return (
    <span class="confidence">
      <meter min={1 / length} max={1} value={probability} aria-label="confidence" />
      <span class="number">{confidence(probability)}</span>
    </span>
  );
}

function highest(probabilities: Probabilities['probabilities']): number | undefined {
  return probabilities && probabilities.length > 0 ? Math.max(...probabilities) : undefined;
}

const shownAtOnce = 3;

/** What else it could be, the most probable first; with two classes the confidence says it all. */
export function Ranking({ probabilities }: Pick<Probabilities, 'probabilities'>) {
  const classes = useClasses();
  if (!probabilities || classes.length < 3) return null;
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
          {name} <span class="number">{confidence(probability)}</span>
        </span>
      ))}
    </>
  );
}
