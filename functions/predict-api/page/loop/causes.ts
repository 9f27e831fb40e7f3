import type { DeadLetterAnswer } from '@banknote-loop/shared/contract';

/** Dead letters that one thing is wrong with. */
export interface Cause {
  readonly key: string;
  readonly function: string;
  /** What was said of all of them; what differs from one to the next is left out. */
  readonly reason: string;
  readonly field: string | null;
  /** The newest first. */
  readonly letters: readonly DeadLetterAnswer[];
}

/** Groups letters by who refused them and why; names and numbers within a reason differ from one to the next. */
export function causesOf(letters: readonly DeadLetterAnswer[]): readonly Cause[] {
  const groups = Map.groupBy(
    letters,
    one => `${one.function} ${one.field ?? ''} ${withoutDetails(one.reason)}`,
  );
  return [...groups]
    .flatMap(([key, group]) => {
      const newestFirst = group.toSorted((a, b) => Date.parse(b.arrived) - Date.parse(a.arrived));
      const [newest] = newestFirst;
      return newest
        ? [
            {
              key,
              function: newest.function,
              reason: newestFirst.every(({ reason }) => reason === newest.reason)
                ? newest.reason
                : withoutDetails(newest.reason),
              field: newest.field,
              letters: newestFirst,
            },
          ]
        : [];
    })
    .sort((a, b) => b.letters.length - a.letters.length);
}

function withoutDetails(reason: string): string {
  return reason
    .replaceAll(/"[^"]*"|“[^”]*”|'[^']*'/g, '…')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')
    .replaceAll(/\d+(\.\d+)?/g, '…');
}
