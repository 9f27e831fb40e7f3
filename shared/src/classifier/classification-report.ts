import type { ClassificationMetrics, ClassMetrics } from './metrics.ts';

interface Line {
  readonly precision: number;
  readonly recall: number;
  readonly 'f1-score': number;
  readonly support: number;
}

/** A model's figures in the shape that scikit-learn's `classification_report` made known, by the numbers of the classes. */
export function classificationReport({
  classes,
  accuracy,
}: Pick<ClassificationMetrics, 'classes' | 'accuracy'>): Readonly<Record<string, Line | number>> {
  const lines = Object.values(classes).map(lineOf);
  return {
    ...Object.fromEntries(lines.map((line, number) => [String(number), line])),
    accuracy,
    'macro avg': averageOf(lines, () => 1),
    'weighted avg': averageOf(lines, ({ support }) => support),
  };
}

function lineOf({ precision, recall, f1, support }: ClassMetrics): Line {
  return { precision, recall, 'f1-score': f1, support };
}

function averageOf(lines: readonly Line[], weightOf: (line: Line) => number): Line {
  const weights = lines.reduce((sum, line) => sum + weightOf(line), 0);
  const mean = (of: (line: Line) => number): number =>
    weights === 0 ? 0 : lines.reduce((sum, line) => sum + of(line) * weightOf(line), 0) / weights;
  return {
    precision: mean(line => line.precision),
    recall: mean(line => line.recall),
    'f1-score': mean(line => line['f1-score']),
    support: lines.reduce((sum, { support }) => sum + support, 0),
  };
}
