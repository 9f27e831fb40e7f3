import { aFeedback, aModel, aNote, aPrediction, aRequest } from '@banknote-loop/testing';
import { banknotes } from '@banknote-loop/testing/data-sets';
import { PermanentError } from '../base/errors.ts';
import { fitMessage } from '../pubsub/envelope.ts';
import { topics } from './topics.ts';

type TopicName = keyof typeof topics;

function decode(topic: TopicName, content: unknown): unknown {
  return fitMessage<unknown>(JSON.parse(JSON.stringify(content)), topics[topic].schema(banknotes));
}

function refusalOf(read: () => unknown): PermanentError {
  try {
    read();
  } catch (error) {
    if (error instanceof PermanentError) return error;
    throw error;
  }
  throw new Error('The message was accepted.');
}

it.each<[TopicName, object]>([
  ['request', aRequest()],
  ['prediction', aPrediction()],
  ['prediction', aPrediction({ scores: undefined, output: ['real', 'fake'], model_file_name: undefined })],
  ['feedback', aFeedback({ ratings: [0, null] })],
  ['feedback', aFeedback({ subjects: ['a', 'a'], ratings: [1, 1], reviewer: 'Ada' })],
  ['training', aFeedback()],
  ['job', aFeedback()],
  ['model', aModel({ fingerprint: 'f', parent: null, created: '2026-01-01T00:00:00+01:00' })],
])('takes a well-formed message on %s as it is', (topic, message) => {
  expect(decode(topic, message)).toEqual(JSON.parse(JSON.stringify(message)));
});

it.each<[string, TopicName, object, string]>([
  ['a missing list', 'request', { ...aRequest(), features: undefined }, 'features'],
  ['a missing batch id', 'feedback', { ...aFeedback(), batch_id: undefined }, 'batch_id'],
  ['a batch id that is no UUID', 'request', aRequest({ batch_id: 'batch-1' }), 'batch_id'],
  ['a number for a name', 'request', { ...aRequest(), subjects: ['a', 2] }, 'subjects[1]'],
  ['a batch of nothing', 'request', aRequest({ subjects: [] }), 'subjects'],
  ['an empty name', 'request', aRequest({ subjects: [''] }), 'subjects[0]'],
  ['a name without end', 'request', aRequest({ subjects: ['x'.repeat(201)] }), 'subjects[0]'],
  ['a name with U+0000', 'feedback', aFeedback({ subjects: ['a\u0000', 'b'] }), 'subjects[0]'],
  ['a lone surrogate', 'feedback', aFeedback({ subjects: ['a', '\ud800'] }), 'subjects[1]'],
  ['a reviewer with U+0000', 'feedback', aFeedback({ reviewer: '\u0000' }), 'reviewer'],
  ['fewer rows than names', 'request', aRequest({ features: [aNote(1)] }), 'features'],
  ['a row of three', 'request', { ...aRequest(), features: [aNote(1), [1, 2, 3]] }, 'features[1]'],
  ['a row of five', 'request', { ...aRequest(), features: [aNote(1), [1, 2, 3, 4, 5]] }, 'features[1]'],
  ['a null in a row', 'request', { ...aRequest(), features: [aNote(1), [1, null, 3, 4]] }, 'features[1][1]'],
  ['NaN as text', 'request', { ...aRequest(), features: [aNote(1), [1, 2, 'NaN', 4]] }, 'features[1][2]'],
  ['fewer answers than names', 'prediction', aPrediction({ output: ['real'] }), 'output'],
  ['fewer scores than names', 'prediction', { ...aPrediction(), scores: [1] }, 'scores'],
  ['an answer that is none', 'prediction', { ...aPrediction(), output: ['real', 'REAL'] }, 'output[1]'],
  ['a score above one', 'prediction', aPrediction({ scores: [1, 1.01] }), 'scores[1]'],
  ['a path for a model', 'prediction', aPrediction({ model_file_name: '../m' }), 'model_file_name'],
  ['more ratings than names', 'feedback', aFeedback({ ratings: [1, 1, 1] }), 'ratings'],
  ['an unknown rating', 'feedback', { ...aFeedback(), ratings: [1, 2] }, 'ratings[1]'],
  ['a rating as text', 'feedback', { ...aFeedback(), ratings: [1, '0'] }, 'ratings[1]'],
  ['two ratings for one', 'feedback', aFeedback({ subjects: ['a', 'a'], ratings: [1, 0] }), 'ratings[1]'],
  ['an accuracy above one', 'model', aModel({ accuracy: 2 }), 'accuracy'],
  ['half a record', 'model', aModel({ records: 0.5 }), 'records'],
  ['a negative time', 'model', aModel({ training_time: -1 }), 'training_time'],
  ['a date in words', 'model', aModel({ created: 'yesterday' }), 'created'],
])('refuses %s and says where it is', (_what, topic, message, field) => {
  expect(refusalOf(() => decode(topic, message)).field).toBe(field);
});

it('takes a batch id in any spelling for the same', () => {
  const id = '0199ABCD-0000-7000-8000-00000000ABCD';
  expect(decode('request', aRequest({ batch_id: id }))).toMatchObject({ batch_id: id.toLowerCase() });
  const unversioned = '11111111-1111-1111-1111-111111111111';
  expect(decode('request', aRequest({ batch_id: unversioned }))).toMatchObject({ batch_id: unversioned });
});

it('takes a batch of ten thousand notes', () => {
  const subjects = Array.from({ length: 10_000 }, (_, i) => `note ${i}`);
  expect(decode('request', aRequest({ subjects }))).toMatchObject({ subjects });
});

it('takes a model of a program that knows no gate for promoted', () => {
  const { promoted: _promoted, reason: _reason, ...message } = aModel();
  expect(decode('model', message)).toMatchObject({ promoted: true, reason: '' });
});

it('leaves out what it does not know, the names of the language itself included', () => {
  const message = aRequest({ subjects: ['__proto__', 'constructor'] });
  const text = JSON.stringify(message).replace(
    '{',
    '{"__proto__":{"polluted":1},"constructor":1,"later":[],',
  );
  const decoded = fitMessage(JSON.parse(text), topics.request.schema(banknotes));
  expect(decoded).toEqual(message);
  expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
});

it('keeps a report as it is, but for the name that would change what it is', () => {
  const text = JSON.stringify(aModel()).replace(
    '"report":{}',
    '"report":{"__proto__":{"a":1},"constructor":[1]}',
  );
  const { report } = fitMessage(JSON.parse(text), topics.model.schema());
  expect(Object.entries(report)).toEqual([['constructor', [1]]]);
  expect(Object.getPrototypeOf(report)).toBe(Object.prototype);
});

it('keeps what another program reports, but for a name that it uses in a sense of its own', () => {
  const flips = { rows: 1, changed: 1, agreeing: 0, contradicting: 1 };
  const own = { rule: 'better', 'macro avg': { recall: 0.9 }, flips };
  expect(decode('model', { ...aModel(), report: own })).toMatchObject({ report: own });
  expect(decode('model', { ...aModel(), report: { ...own, flips: [1, 2], data: 'a.csv' } })).toEqual({
    ...aModel(),
    report: { rule: 'better', 'macro avg': { recall: 0.9 } },
  });
});

it('takes the reports of earlier days, which counted two classes by name', () => {
  const confusion = { realCalledReal: 5, realCalledFake: 1, fakeCalledReal: 0, fakeCalledFake: 4 };
  const challenger = { rows: 10, correct: 9, accuracy: 0.9, interval: { low: 0.6, high: 0.98 } };
  const reports = [
    confusion,
    [
      [4, 0],
      [1, 5],
    ],
  ].map(counts => ({ challenger: { ...challenger, confusion: counts } }));
  for (const report of reports) expect(decode('model', { ...aModel(), report })).toMatchObject({ report });
});

it.each([
  '0123456789abcdef0123456789abcdef',
  '01234567-89AB-CDEF-0123-456789ABCDEF',
  '{01234567-89ab-cdef-0123-456789abcdef}',
  'urn:uuid:01234567-89ab-cdef-0123-456789abcdef',
])('takes a UUID as %s, and goes on with one spelling', id => {
  const batch_id = '01234567-89ab-cdef-0123-456789abcdef';
  expect(decode('request', aRequest({ batch_id: id }))).toMatchObject({ batch_id });
  expect(decode('model', aModel({ job_id: id }))).toMatchObject({ job_id: batch_id });
});

it('says in words what a rating may be', () => {
  const refusal = refusalOf(() => decode('feedback', { ...aFeedback(), ratings: [2, 1] }));
  expect(refusal).toMatchObject({ message: expect.stringContaining('A rating is 1'), field: 'ratings[0]' });
});
