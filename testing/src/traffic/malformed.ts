import { uuidFromName } from '@banknote-loop/shared/base';
import { classNames, topics } from '@banknote-loop/shared/contract';
import { type DataSet, exampleRow, type Feature, type Value } from '@banknote-loop/shared/data-set';

/** A message that no function can ever process, and what is to be said of it in `dead-letter`. */
export interface MalformedKind {
  readonly kind: string;
  readonly topic: string;
  readonly data: Buffer;
  /** The functions that get it: each of them refuses it. */
  readonly refusedBy: readonly string[];
  readonly reason: RegExp;
  readonly field?: string;
}

const batch_id = uuidFromName('a batch that is never sent');
const subjects = ['a', 'b'];
const feedback = { batch_id, subjects, ratings: [1, 0] };
const model = {
  job_id: batch_id,
  model_file_name: 'model-of-nobody.json',
  records: 1,
  accuracy: 1,
  report: {},
  data_prep_time: 0,
  training_time: 0,
  testing_time: 0,
};

/** Every kind of message about items of a data set that nobody can do anything with. */
export function malformedKinds(dataSet: DataSet): readonly MalformedKind[] {
  const row = exampleRow(dataSet);
  const features = [row, row];
  const request = { batch_id, subjects, features };
  const [first = '', second = ''] = classNames(dataSet);
  return [
    raw('no JSON', 'subjects=a&features=1', /not JSON/),
    raw('half a JSON', JSON.stringify(request).slice(0, -20), /not JSON/),
    raw('no text', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /not UTF-8/),
    raw('nothing at all', '', /no data/),
    ...ofValues(dataSet, request),
    ofRequest('a list instead of an object', [request], ''),
    ofRequest('null', null, ''),
    ofRequest('a batch id of the wrong type', { ...request, batch_id: 7 }, 'batch_id'),
    ofRequest('a batch id that is no UUID', { ...request, batch_id: 'batch-7' }, 'batch_id'),
    ofRequest('subjects of the wrong type', { ...request, subjects: 'a' }, 'subjects'),
    ofRequest('a subject of the wrong type', { ...request, subjects: ['a', 1] }, 'subjects[1]'),
    ofRequest('no batch id', { subjects, features }, 'batch_id'),
    ofRequest('no subjects', { batch_id, features }, 'subjects'),
    ofRequest('no features', { batch_id, subjects }, 'features'),
    ofRequest('unequal lengths', { ...request, subjects: ['a', 'b', 'c'] }, 'features'),
    ofRequest('a row with a value less', { ...request, features: [row, row.slice(1)] }, 'features[1]'),
    ofRequest('a row with a value more', { ...request, features: [[...row, 5], row] }, 'features[0]'),
    ofRequest('an empty batch', { batch_id, subjects: [], features: [] }, 'subjects'),
    ofFeedback('an unknown rating', { ...feedback, ratings: [2, 0] }, 'ratings[0]'),
    ofFeedback('a rating in words', { ...feedback, ratings: [1, 'wrong'] }, 'ratings[1]'),
    ofFeedback('fewer ratings than subjects', { ...feedback, ratings: [1] }, 'ratings'),
    ofFeedback('no ratings', { batch_id, subjects }, 'ratings'),
    ofFeedback('a contradiction', { ...feedback, subjects: ['a', 'a'] }, 'ratings[1]'),
    {
      kind: 'an unknown answer',
      topic: topics.prediction.name,
      data: json({ batch_id, subjects, input: features, output: [second, `neither ${first} nor ${second}`] }),
      refusedBy: ['prediction-to-cache', 'prediction-to-db'],
      reason: /./,
      field: 'output[1]',
    },
    ...aboutModels,
    {
      kind: 'ratings that are no list',
      topic: topics.training.name,
      data: json({ ...feedback, ratings: { 0: 1, 1: 0 } }),
      refusedBy: ['feedback-to-training'],
      reason: /./,
      field: 'ratings',
    },
    {
      kind: 'a job without a batch',
      topic: topics.job.name,
      data: json({ subjects, ratings: [1, 1] }),
      refusedBy: ['training'],
      reason: /./,
      field: 'batch_id',
    },
  ];
}

const aboutModels: readonly MalformedKind[] = [
  {
    kind: 'an accuracy above 1',
    topic: topics.model.name,
    data: json({ ...model, accuracy: 7 }),
    refusedBy: ['training-to-cache', 'training-to-db'],
    reason: /./,
    field: 'accuracy',
  },
  {
    kind: 'a path for a model file name',
    topic: topics.model.name,
    data: json({ ...model, model_file_name: '../../etc/passwd' }),
    refusedBy: ['training-to-cache', 'training-to-db'],
    reason: /model file name/,
    field: 'model_file_name',
  },
];

/** One value of a row that no feature of its kind has, or none where there must be one. */
function ofValues({ features }: DataSet, request: { readonly features: readonly (readonly Value[])[] }) {
  const [row = []] = request.features;
  const spoilt = (place: number, value: Value) => ({
    ...request,
    features: [row, row.map((one, i) => (i === place ? value : one))],
  });
  const number = features.findIndex(({ kind }) => kind === 'number');
  const needed = features.findIndex(({ missing }) => !missing);
  const large = JSON.stringify(spoilt(number, 'too large')).replace('"too large"', '1e999');
  return [
    ...features
      .filter(({ kind }, i) => features.findIndex(other => other.kind === kind) === i)
      .map(feature => {
        const place = features.indexOf(feature);
        const kind = `a ${feature.kind} of another type`;
        return ofRequest(kind, spoilt(place, otherType(feature)), `features[1][${place}]`);
      }),
    ...(number < 0 ? [] : [raw('a number too large', large, /./, `features[1][${number}]`)]),
    ...(needed < 0 ? [] : [ofRequest('a missing value', spoilt(needed, null), `features[1][${needed}]`)]),
  ];
}

function otherType({ kind }: Feature): Value {
  return kind === 'category' ? 7 : 'a';
}

function raw(kind: string, data: string | Buffer, reason: RegExp, field?: string): MalformedKind {
  const { name: topic } = topics.request;
  const refused = { kind, topic, data: Buffer.from(data), refusedBy: ['prediction'], reason };
  return field === undefined ? refused : { ...refused, field };
}

function ofRequest(kind: string, content: unknown, field: string): MalformedKind {
  return { ...raw(kind, json(content), /./), ...(field !== '' && { field }) };
}

function ofFeedback(kind: string, content: unknown, field: string): MalformedKind {
  const { name: topic } = topics.feedback;
  return { kind, topic, data: json(content), refusedBy: ['feedback-to-db'], reason: /./, field };
}

function json(content: unknown): Buffer {
  return Buffer.from(JSON.stringify(content));
}
