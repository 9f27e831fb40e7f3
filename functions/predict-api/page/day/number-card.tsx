import type { ComponentChildren } from 'preact';
import { Card } from '../ui/parts.tsx';

interface Props {
  readonly title: string;
  readonly value: string;
  readonly detail: string;
  /** Where the reasons are. */
  readonly why: { readonly href: string; readonly text: string };
  readonly children: ComponentChildren;
}

/** A number of the day, how it has been, and where its reasons are. */
export function NumberCard({ title, value, detail, why, children }: Props) {
  return (
    <Card title={title}>
      <p class="big">{value}</p>
      <p class="muted">{detail}</p>
      {children}
      <p class="why-link">
        <a href={why.href}>{why.text}</a>
      </p>
    </Card>
  );
}
