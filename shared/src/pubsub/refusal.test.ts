import fc from 'fast-check';
import { PermanentError } from '../base/errors.ts';
import { refusalAttributes } from './refusal.ts';

const refusedBy = { name: 'prediction', on: { name: 'request' } };
const message = {
  id: '42',
  data: Buffer.from('x'),
  attributes: { correlation_id: 'batch', 'ce-time': '2026-01-01T00:00:00Z' },
  publishTime: new Date('2026-01-01T00:00:01Z'),
  attempt: 3,
};

it('keeps the attributes of the message, and adds who refused it and why', () => {
  const reason = new PermanentError('A batch has at least one subject.', { field: 'subjects' });
  expect(refusalAttributes(message, refusedBy, reason)).toEqual({
    ...message.attributes,
    dead_letter_function: 'prediction',
    dead_letter_topic: 'request',
    dead_letter_message_id: '42',
    dead_letter_publish_time: '2026-01-01T00:00:01.000Z',
    dead_letter_attempts: '3',
    dead_letter_reason: 'A batch has at least one subject.',
    dead_letter_field: 'subjects',
  });
});

it('keeps a reason within the limit of Pub/Sub, whatever it is made of', () => {
  const text = fc.string({ unit: 'binary', minLength: 200, maxLength: 1500, size: 'max' });
  fc.assert(
    fc.property(text, reason => {
      const { dead_letter_reason: kept = '' } = refusalAttributes(
        message,
        refusedBy,
        new PermanentError(reason),
      );
      expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(1024);
      if (Buffer.byteLength(reason) <= 1024) expect(kept).toBe(reason);
      else expect(kept).toMatch(/…$/);
    }),
  );
});

it('leaves behind what Pub/Sub would refuse, so that a refusal always arrives', () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`attribute ${i}`, 'x']));
  const attributes = {
    kept: 'as it is',
    googclient_traceparent: 'of a client library',
    'too long': 'x'.repeat(1025),
    ['k'.repeat(257)]: 'x',
    '': 'nameless',
    goog_reserved: 'x',
    ...many,
  };
  const reason = new PermanentError('Never.');
  const letter = refusalAttributes({ ...message, attributes }, refusedBy, reason);
  expect(letter).toMatchObject({ kept: 'as it is', googclient_traceparent: 'of a client library' });
  expect(letter).not.toHaveProperty(['too long']);
  expect(letter).not.toHaveProperty(['goog_reserved']);
  expect(Object.keys(letter).every(key => key !== '' && key.length <= 256)).toBe(true);
  // Pub/Sub takes a hundred, and adds four of its own when it forwards a message.
  expect(Object.keys(letter).length).toBeLessThanOrEqual(96);
});
