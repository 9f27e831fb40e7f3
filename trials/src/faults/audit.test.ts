import type { RequestMessage } from '@banknote-loop/shared/contract';
import { banknotes, iris } from '@banknote-loop/testing/data-sets';
import { malformedKinds } from '@banknote-loop/testing/traffic/malformed';
import type { StoredLesson, StoredNote } from '@banknote-loop/testing/traffic/stored-rows';
import { auditDeadLetters, auditLessons, auditNotes, auditRatings } from './audit.ts';

const batch: RequestMessage = {
  batch_id: 'b',
  subjects: ['one', 'two'],
  features: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
};
const first: StoredNote = {
  batch_id: 'b',
  position: 0,
  subject_id: 'one',
  features: [1, 2, 3, 4],
  prediction: 'real',
  score: 0.9,
  probabilities: null,
  model_file_name: 'm',
  is_correct: null,
  true_label: null,
};
const second: StoredNote = { ...first, position: 1, subject_id: 'two', features: [5, 6, 7, 8] };
const lesson: StoredLesson = { batch_id: 'b', position: 0, class: 0 };
const rating = { batchId: 'b', subject: 'one', rating: 1, label: null, time: 1 } as const;

function kindsOf(findings: readonly { readonly kind: string }[]): readonly string[] {
  return findings.map(({ kind }) => kind);
}

describe('the audit of notes', () => {
  it('finds nothing where each is stored once', () => {
    expect(auditNotes([batch], [second, first])).toEqual([]);
  });

  it('finds what is missing, doubled, changed, and nobody’s', () => {
    expect(kindsOf(auditNotes([batch], [first]))).toEqual(['lost']);
    expect(kindsOf(auditNotes([batch], [first, first, second]))).toEqual(['doubled']);
    expect(kindsOf(auditNotes([batch], [first, { ...second, features: [5, 6, 7, 9] }]))).toEqual(['wrong']);
    expect(kindsOf(auditNotes([batch], [first, { ...second, subject_id: 'three' }]))).toEqual(['wrong']);
    expect(kindsOf(auditNotes([batch], [first, second, { ...second, position: 2 }]))).toEqual(['doubled']);
  });
});

describe('the audit of ratings', () => {
  it('expects the last word by time, in whichever order it was accepted', () => {
    const ratings = [{ ...rating, rating: 0, time: 5 } as const, rating];
    expect(auditRatings(ratings, [{ ...first, is_correct: false }, second])).toEqual([]);
    expect(kindsOf(auditRatings(ratings, [{ ...first, is_correct: true }, second]))).toEqual(['wrong']);
    expect(kindsOf(auditRatings(ratings, [first, second]))).toEqual(['lost']);
  });

  it('takes a label for the word that counts', () => {
    const said = { ...rating, rating: 0, label: 'real' } as const;
    expect(auditRatings([said], [{ ...first, is_correct: true, true_label: 'real' }])).toEqual([]);
    expect(kindsOf(auditRatings([said], [{ ...first, is_correct: true }]))).toEqual(['wrong']);
    expect(kindsOf(auditRatings([said], [{ ...first, is_correct: false, true_label: 'real' }]))).toEqual([
      'wrong',
    ]);
  });

  it('expects nothing where nobody spoke, or took the word back', () => {
    expect(auditRatings([rating, { ...rating, rating: null, time: 2 }], [first])).toEqual([]);
    expect(kindsOf(auditRatings([], [{ ...first, is_correct: true }]))).toEqual(['wrong']);
  });
});

describe('the audit of training rows', () => {
  const wronglyReal = { ...first, is_correct: false };

  it('expects one for each rated note, with the class that the person meant', () => {
    expect(auditLessons(banknotes, [wronglyReal, second], [lesson])).toEqual([]);
    expect(kindsOf(auditLessons(banknotes, [wronglyReal], []))).toEqual(['lost']);
    expect(kindsOf(auditLessons(banknotes, [wronglyReal], [lesson, lesson]))).toEqual(['doubled']);
    expect(kindsOf(auditLessons(banknotes, [wronglyReal], [{ ...lesson, class: 1 }]))).toEqual(['wrong']);
  });

  it('expects none where nobody said what it is, and the class that somebody did say', () => {
    const flower = {
      ...first,
      prediction: 'setosa',
      score: null,
      probabilities: [0.5, 0.3, 0.2],
      is_correct: false,
    };
    expect(auditLessons(iris, [flower], [])).toEqual([]);
    expect(kindsOf(auditLessons(iris, [flower], [lesson]))).toEqual(['doubled']);
    const said = { ...flower, true_label: 'virginica' };
    expect(auditLessons(iris, [said], [{ ...lesson, class: 2 }])).toEqual([]);
    expect(kindsOf(auditLessons(iris, [said], [lesson]))).toEqual(['wrong']);
  });

  it('finds one of a note that nobody rated', () => {
    expect(kindsOf(auditLessons(banknotes, [first], [lesson]))).toEqual(['doubled']);
  });
});

describe('the audit of dead letters', () => {
  const malformed = malformedKinds(banknotes).find(({ refusedBy }) => refusedBy.length === 2);
  if (!malformed) throw new Error('There is no kind that two functions refuse.');
  const letters = malformed.refusedBy.map(name => ({
    data: malformed.data,
    attributes: {
      test_id: 'x',
      dead_letter_function: name,
      dead_letter_reason: 'some reason',
      dead_letter_field: malformed.field ?? '',
    },
  }));

  it('expects a refusal by each function, once or more', () => {
    expect(auditDeadLetters([{ id: 'x', malformed }], [...letters, ...letters])).toEqual([]);
    expect(kindsOf(auditDeadLetters([{ id: 'x', malformed }], letters.slice(1)))).toEqual(['lost']);
  });

  it('finds a wrong field, and a good message that was given up', () => {
    const elsewhere = letters.map(({ data, attributes }) => ({
      data,
      attributes: { ...attributes, dead_letter_field: 'elsewhere' },
    }));
    expect(kindsOf(auditDeadLetters([{ id: 'x', malformed }], elsewhere))).toEqual(['wrong', 'wrong']);
    expect(kindsOf(auditDeadLetters([], [{ data: Buffer.from('{}'), attributes: {} }]))).toEqual(['lost']);
  });
});
