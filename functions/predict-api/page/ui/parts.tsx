import type { ComponentChildren } from 'preact';

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

export function Failure({ message }: { readonly message: string | undefined }) {
  return message ? (
    <p class="failure" role="alert">
      {message}
    </p>
  ) : null;
}

/** Stands where something is about to be. */
export function Loading() {
  return (
    <p class="muted" aria-busy="true">
      …
    </p>
  );
}

export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

export function Figure({
  name,
  value,
  detail,
}: {
  readonly name: string;
  readonly value: string;
  readonly detail?: string;
}) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {detail ? <small>{detail}</small> : null}
      </dd>
    </div>
  );
}
