import { askedFrom, comesFromOtherPage, requireOwnHost, requireOwnPage } from './caller-page.ts';

const names = new Set(['localhost', 'desk.example']);

it.each([
  'localhost',
  'localhost:8080',
  'LOCALHOST:8080',
  'desk.example',
  '127.0.0.1:8080',
  '192.168.1.7',
  '[::1]:8080',
])('answers under %s', host => {
  expect(() => requireOwnHost({ host }, names)).not.toThrow();
});

it.each([
  'evil.example',
  'evil.example:8080',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost@evil.example',
  'evil.example/localhost',
  'localhost evil.example',
  '1.2.3.4.5',
  '',
])('does not answer under %j', host => {
  expect(() => requireOwnHost({ host }, names)).toThrow(expect.objectContaining({ status: 421 }));
});

it('answers under any name where none is given', () => {
  expect(() => requireOwnHost({ host: 'any.example' }, new Set())).not.toThrow();
});

it.each([
  [{}, false],
  [{ 'sec-fetch-site': 'none' }, false],
  [{ 'sec-fetch-site': 'none', host: 'localhost:8080', origin: 'https://evil.example' }, true],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://localhost:8080' }, false],
  [{ 'sec-fetch-site': 'cross-site' }, true],
  [{ 'sec-fetch-site': 'same-site' }, true],
  [{ 'sec-fetch-site': 'strange' }, true],
  [{ host: 'localhost:8080', origin: 'http://localhost:8080' }, false],
  [{ host: 'localhost:8080', origin: 'http://localhost:3000' }, true],
  [{ host: 'localhost:8080', origin: 'null' }, true],
  [{ host: 'localhost:8080', origin: 'https://evil.example' }, true],
])('knows of %j whether it comes from another page', (headers, expected) => {
  expect(comesFromOtherPage(headers)).toBe(expected);
});

it('lets other pages have what is open, and origins on the list everything', () => {
  const cross = { 'sec-fetch-site': 'cross-site', origin: 'https://friend.example' };
  const may = (method: string, scope?: string, origins: readonly string[] = []) => {
    try {
      requireOwnPage(cross, new Set(origins), { method, scope });
      return true;
    } catch {
      return false;
    }
  };
  expect(may('GET', 'open')).toBe(true);
  expect(may('GET')).toBe(false);
  expect(may('GET', 'notes:submit')).toBe(false);
  expect(may('POST', 'open')).toBe(false);
  expect(may('POST', 'notes:submit', ['https://friend.example'])).toBe(true);
  expect(may('POST', 'notes:submit', ['*'])).toBe(true);
  expect(may('POST', 'notes:submit', ['https://other.example'])).toBe(false);
});

const host = 'desk.example';
it.each([
  ['a program', {}, { asked_from: 'program' }],
  ['an address that was typed', { 'sec-fetch-site': 'none' }, { asked_from: 'program' }],
  [
    'our page',
    { referer: `https://${host}/?subject=ann` },
    { asked_from: 'page', referer: `https://${host}` },
  ],
  ['our page without a referer', { 'sec-fetch-site': 'same-origin' }, { asked_from: 'page' }],
  [
    'another page',
    { referer: 'https://bank.example/customers/7?name=ann' },
    { asked_from: 'site', referer: 'https://bank.example' },
  ],
  [
    'another page by its origin',
    { origin: 'https://bank.example' },
    { asked_from: 'site', referer: 'https://bank.example' },
  ],
  ['another page that says no more', { 'sec-fetch-site': 'cross-site' }, { asked_from: 'site' }],
  ['what is no address', { referer: 'ann' }, { asked_from: 'program' }],
])('says for the log that it was asked by %s', (_, headers, expected) => {
  expect(askedFrom({ host, ...headers })).toEqual({ host, ...expected });
});
