import { checkOpenness, ownNames } from './openness.ts';
import { readOptions } from './options.ts';

const signIn = { AUTH_JWKS_URL: 'https://issuer.example/keys' };

it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('lets this machine in by %s', host => {
  expect(checkOpenness({ host, open: false }, {})).toBeUndefined();
});

it.each(['0.0.0.0', '::', '192.168.1.7', 'desk.example', '127.0.0.1.evil.example', ''])(
  'lets nobody else in by %j unless they sign in, or somebody says that anybody may',
  host => {
    expect(() => checkOpenness({ host, open: false }, {})).toThrow('--open');
    expect(() => checkOpenness({ host, open: false }, { AUTH_ISSUER: 'https://issuer.example' })).toThrow(
      'AUTH_JWKS_URL',
    );
    expect(checkOpenness({ host, open: true }, {})).toMatch(/^ANYBODY/);
    expect(checkOpenness({ host, open: false }, signIn)).toBeUndefined();
  },
);

it('is closed unless the command line says otherwise', () => {
  expect(readOptions([]).open).toBe(false);
  expect(readOptions(['--open']).open).toBe(true);
});

it('knows the names that the loop is called by', () => {
  expect(ownNames({ host: '0.0.0.0' })).toEqual(['localhost']);
  expect(ownNames({ host: 'desk.example' })).toEqual(['localhost', 'desk.example']);
});
