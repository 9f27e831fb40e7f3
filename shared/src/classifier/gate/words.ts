import type { Paired } from './comparison.ts';

/** How reasons speak: of which items, and in which digits. */
export function itemsOf(item: string): string {
  return `${item}s`;
}

/** Rounded down, so that 99.996 % is never shown as 100 %, nor a share below a floor as the floor itself. */
export function percent(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-9) / 100} %`;
}

export function digits(number: number): string {
  return number < 0.001 ? 'below 0.001' : number.toFixed(3);
}

/** A log loss or a difference of two, which may be small. */
export function nats(loss: number): string {
  return Math.abs(loss) < 0.0995 ? loss.toPrecision(2) : loss.toFixed(3);
}

/** On which rows two models differ. */
export function tally(
  { rows, test: { gained, lost } }: Pick<Paired, 'rows' | 'test'>,
  what: string,
  other: string,
): string {
  const won = `it is right on ${gained} of ${rows} ${what} where ${other} is wrong`;
  return `${won}, and wrong on ${lost} where ${other} is right`;
}
