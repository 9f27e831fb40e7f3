import type { ComponentChildren } from 'preact';
import { confidence } from '../format.ts';

interface CardProps {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
  readonly class?: string;
}

export function Card({ title, aside, children, class: extra = '' }: CardProps) {
  return (
    <section class={`card ${extra}`}>
      <header class="card-head">
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** The predicted class, in a word, a sign and a colour. */
export function PredictionLabel({ label }: { readonly label: 'real' | 'fake' }) {
  return (
    <span class={`prediction ${label}`}>
      <span aria-hidden="true">{label === 'real' ? '✓' : '✕'}</span> {label}
    </span>
  );
}

/** How sure the model is of its answer, from 50 % to certainty. */
export function Confidence({ score }: { readonly score: number | null }) {
  if (score === null) return <span class="muted">unknown</span>;
  const probability = Math.max(score, 1 - score);
  return (
    <span class="confidence">
      <meter min={0.5} max={1} value={probability} aria-label="confidence" />
      <span class="number">{confidence(probability)}</span>
    </span>
  );
}

export function Failure({ message }: { readonly message: string | undefined }) {
  return message ? (
    <p class="failure" role="alert">
      {message}
    </p>
  ) : null;
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Figure({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {note ? <small>{note}</small> : null}
      </dd>
    </div>
  );
}
