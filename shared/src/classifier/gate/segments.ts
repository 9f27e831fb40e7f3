import { pair, type ScoredAnswers } from './comparison.ts';
import type { Segment, SegmentResult } from './input.ts';

/** With fewer rows a segment says nothing. */
const fewestRows = 20;
/** A loss of fewer rows in a hundred, or of less log loss a row, is no reason to refuse, however sure it is. */
export const negligible = { accuracy: 0.005, logLoss: 0.01 };

/**
 * How the models do in each segment. The more segments there are, the likelier chance alone makes one look bad: so the
 * chance of a loss is that of one so rare in any of them (Bonferroni's bound), for hits and log loss alike.
 */
export function judgeSegments(
  challenger: ScoredAnswers,
  champion: ScoredAnswers,
  segments: readonly Segment[],
): SegmentResult[] {
  const paired = segments
    .map(({ kind, name, rows }) => ({ kind, name, pair: pair(challenger, champion, rows) }))
    .filter(({ pair: { rows } }) => rows >= fewestRows);
  const looks = 2 * paired.length;
  return paired.map(({ kind, name, pair: { rows, challenger, champion, test, loss } }) => {
    const { gained, lost } = test;
    const byHits = (lost - gained) / rows > negligible.accuracy ? test.challengerWorse : 1;
    const byLoss = loss.difference > negligible.logLoss ? loss.challengerWorse : 1;
    return {
      kind,
      name,
      rows,
      challenger,
      champion,
      gained,
      lost,
      logLoss: loss.difference,
      worse: Math.min(1, looks * Math.min(byHits, byLoss)),
    };
  });
}
