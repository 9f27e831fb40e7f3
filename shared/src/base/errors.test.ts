import {
  ConflictError,
  classify,
  formatPath,
  describe as inWords,
  NotFoundError,
  PermanentError,
  TransientError,
} from './errors.ts';

function withCode(code: string | number): Error {
  return Object.assign(new Error('told by a server'), { code });
}

it.each([
  ['a value out of range', withCode('22003')],
  ['text that the database cannot hold', withCode('22021')],
  ['a broken constraint', withCode('23514')],
  ['a PermanentError', new PermanentError('never')],
  ['what does not exist', new NotFoundError('no such model')],
  ['what contradicts how things stand', new ConflictError('is pinned')],
  ['the PermanentError of another bundle', Object.assign(new Error('never'), { name: 'PermanentError' })],
  ['the ConflictError of another bundle', Object.assign(new Error('never'), { name: 'ConflictError' })],
])('gives up on %s', (_what, error) => {
  expect(classify(error)).toBe('permanent');
});

it.each([
  ['a lost connection', withCode('08006')],
  ['a refused password', withCode('28P01')],
  ['a serialization failure', withCode('40001')],
  ['a deadlock', withCode('40P01')],
  ['a missing table', withCode('42P01')],
  ['a missing right', withCode('42501')],
  ['a full disk', withCode('53100')],
  ['a lock that was not free', withCode('55P03')],
  ['a statement that took too long', withCode('57014')],
  ['a restart of the server', withCode('57P01')],
  ['a refused connection', withCode('ECONNREFUSED')],
  ['an unknown host', withCode('ENOTFOUND')],
  ['a Redis that is away', new Error('Command timed out')],
  ['a missing file', withCode(404)],
  ['a forbidden bucket', withCode(403)],
  ['a failed precondition', withCode(412)],
  ['a gRPC service that is away', withCode(14)],
  ['a gRPC argument that is refused', withCode(3)],
  ['a Redis script that fails', withCode('ERR')],
  ['a TransientError', new TransientError('not yet')],
  ['a mistake of our own', new TypeError('undefined is not a function')],
  ['something thrown that is no error', 'oops'],
])('tries %s again', (_what, error) => {
  expect(classify(error)).toBe('transient');
});

it('tells an error with its causes', () => {
  const cause = new TypeError('the socket hung up');
  expect(inWords(new TransientError('The file did not come.', { cause }))).toBe(
    'The file did not come. (the socket hung up)',
  );
});

it('tells an error that has no words of its own by those that it holds', () => {
  expect(inWords(new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]))).toBe(
    '::1 refused; 127.0.0.1 refused',
  );
  expect(inWords(new TypeError())).toBe('TypeError');
  expect(inWords('oops')).toBe('oops');
});

it('does not repeat the value that PostgreSQL quotes', () => {
  const error = Object.assign(new Error('invalid input syntax for type uuid: "secret"'), { code: '22P02' });
  expect(inWords(error)).toBe('PostgreSQL refuses a value of the message (SQLSTATE 22P02).');
});

it('writes a path as code does', () => {
  expect(formatPath(['features', 3, 0])).toBe('features[3][0]');
  expect(formatPath(['report', 'test', 'p'])).toBe('report.test.p');
  expect(formatPath([])).toBe('');
});
