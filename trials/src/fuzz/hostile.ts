import { gzipSync } from 'node:zlib';
import type { Random } from '@banknote-loop/shared/learning';

// What somebody might send who wishes the loop ill, or whose program is broken. All of it is drawn from a seed.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const awkwardTexts = [
  '',
  '\u0000',
  '\ud800',
  '\u202e',
  '__proto__',
  'constructor',
  "'; drop table predictions; --",
  '../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to look like one
  '${process.exit(1)}',
  '9'.repeat(400),
  'x'.repeat(100_000),
];
const awkwardNumbers = [0, -0, -1, 2, 0.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 31, 1e21];
// What JSON cannot say of itself: it is put into the text afterwards.
const awkwardLiterals = [
  '1e999',
  '-1e999',
  'NaN',
  'Infinity',
  '0x10',
  '01',
  '1'.repeat(5_000),
  'undefined',
  '{}}',
];

export function pick<T>(list: readonly T[], random: Random): T {
  const found = list[Math.floor(random() * list.length)];
  if (found === undefined) throw new RangeError('There is nothing to pick from.');
  return found;
}

export function awkwardValue(random: Random, depth = 0): Json {
  const draw = random();
  if (depth > 3 || draw < 0.25) return pick(awkwardTexts, random);
  if (draw < 0.5) return pick(awkwardNumbers, random);
  if (draw < 0.6) return pick([null, true, false], random);
  const parts = Array.from({ length: Math.floor(random() * 5) }, () => awkwardValue(random, depth + 1));
  if (draw < 0.8) return parts;
  return Object.fromEntries(parts.map(part => [pick(awkwardTexts, random), part]));
}

/** A sound message in which one part has been replaced or taken away. */
export function spoil(sound: Json, random: Random): Json {
  const isWhole = typeof sound !== 'object' || sound === null || Object.keys(sound).length === 0;
  if (isWhole || random() < 0.2) return awkwardValue(random);
  if (Array.isArray(sound)) {
    const at = Math.floor(random() * sound.length);
    return sound.flatMap((part, i) => (i === at ? (random() < 0.2 ? [] : [spoil(part, random)]) : [part]));
  }
  const entries = Object.entries(sound);
  const [name] = pick(entries, random);
  return Object.fromEntries(
    entries.flatMap(([key, part]) =>
      key === name ? (random() < 0.2 ? [] : [[key, spoil(part, random)]]) : [[key, part]],
    ),
  );
}

const largest = 20_000_000;

/** The bytes of a message that is sound, nearly sound, or nothing of the kind. */
export function hostileBytes(sound: Json, random: Random): Buffer {
  const draw = random();
  const text = JSON.stringify(spoil(sound, random));
  if (draw < 0.45) return Buffer.from(text);
  if (draw < 0.55) return Buffer.from(text.replace(/\d+(\.\d+)?/, () => pick(awkwardLiterals, random)));
  if (draw < 0.7) return withFlippedBytes(Buffer.from(text), random);
  if (draw < 0.78) return Buffer.from(text.slice(0, Math.floor(random() * text.length)));
  if (draw < 0.84) return nested(Math.floor(10 ** (1 + 4 * random())), random);
  if (draw < 0.9) return Buffer.from(JSON.stringify(sound).replace('{', '{"__proto__":{"polluted":true},'));
  if (draw < 0.94) return Buffer.from(text, 'utf16le');
  if (draw < 0.9995)
    return Buffer.from(Array.from({ length: Math.floor(random() * 200) }, () => random() * 256));
  return Buffer.from(`{"subjects":["${'x'.repeat(largest)}"]}`);
}

function nested(depth: number, random: Random): Buffer {
  const [open, close] = random() < 0.5 ? ['[', ']'] : ['{"a":', '}'];
  return Buffer.from(`${open.repeat(depth)}1${random() < 0.7 ? close.repeat(depth) : ''}`);
}

function withFlippedBytes(bytes: Buffer, random: Random): Buffer {
  for (let i = 0; i < 1 + random() * 5; i += 1) bytes[Math.floor(random() * bytes.length)] = random() * 256;
  return bytes;
}

/** The bytes as the body of a request, under headers that may be wrong about them. */
export function hostileBody(
  bytes: Buffer,
  random: Random,
): { readonly headers: Record<string, string>; readonly body: Buffer } {
  const draw = random();
  const json = { 'content-type': 'application/json' };
  if (draw < 0.8) return { headers: json, body: bytes };
  if (draw < 0.85) return { headers: { ...json, 'content-encoding': 'gzip' }, body: bytes };
  if (draw < 0.9) return { headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync(bytes) };
  if (draw < 0.92)
    return { headers: { ...json, 'content-encoding': pick(['br', 'zstd', 'rot13'], random) }, body: bytes };
  if (draw < 0.95) return { headers: { 'content-type': 'application/json; charset=utf-16' }, body: bytes };
  return {
    headers: {
      'content-type': pick(
        ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'nonsense'],
        random,
      ),
    },
    body: bytes,
  };
}
