import { classificationReport } from './classification-report.ts';
import { measurePredictions } from './metrics.ts';

it('says of two classes what scikit-learn says of them', () => {
  // classification_report([0, 0, 0, 1, 1], [0, 0, 1, 1, 1], output_dict=True)
  const saidReal = [0, 0, 1, 1, 1];
  const metrics = measurePredictions(
    saidReal.flatMap(one => [1 - one, one]),
    [0, 0, 0, 1, 1],
    ['fake', 'real'],
  );
  const close = (value: number) => expect.closeTo(value, 12);
  expect(classificationReport(metrics)).toEqual({
    0: { precision: 1, recall: close(2 / 3), 'f1-score': close(0.8), support: 3 },
    1: { precision: close(2 / 3), recall: 1, 'f1-score': close(0.8), support: 2 },
    accuracy: 0.8,
    'macro avg': { precision: close(5 / 6), recall: close(5 / 6), 'f1-score': close(0.8), support: 5 },
    'weighted avg': { precision: close(13 / 15), recall: close(0.8), 'f1-score': close(0.8), support: 5 },
  });
});
