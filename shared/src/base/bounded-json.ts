import { isUtf8 } from 'node:buffer';
import { randomInt } from 'node:crypto';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { PermanentError, TooLargeError } from './errors.ts';
import type { JsonBounds } from './json-bounds.ts';

/** Smaller texts are read at once. */
const small = 128 * 1024;

let turn: Promise<unknown> = Promise.resolve();

/**
 * Reads JSON within bounds, which are looked at before anything is made of it. Large texts are read one after another
 * and in steps, so that whoever has a small request in the same process does not wait for all of them. What is wrong is a
 * PermanentError; `malformed` says it where the text is no JSON.
 */
export async function readBoundedJson(
  bytes: Buffer,
  bounds: JsonBounds,
  malformed: (text: string) => PermanentError,
): Promise<unknown> {
  if (bytes.length <= small) {
    const mayHoldTooMuch = bytes.length > bounds.values || bytes.length > 4 * bounds.names;
    if (mayHoldTooMuch) checkBounds(bytes, bounds);
    const value = parseJson(decodeUtf8(bytes), malformed);
    // To look at the values is quicker than to look at each byte.
    if (!mayHoldTooMuch && isDeeperThan(bounds.depth, value)) throw nestsTooDeep(bounds.depth);
    return value;
  }
  const mine = turn.then(() => readInSteps(bytes, bounds, malformed));
  turn = mine.catch(() => {});
  return mine;
}

async function readInSteps(
  bytes: Buffer,
  bounds: JsonBounds,
  malformed: (text: string) => PermanentError,
): Promise<unknown> {
  await yieldToOthers();
  checkBounds(bytes, bounds);
  await yieldToOthers();
  const text = decodeUtf8(bytes);
  await yieldToOthers();
  return parseJson(text, malformed);
}

function parseJson(text: string, malformed: (text: string) => PermanentError): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which must not get into logs and attributes.
    throw malformed(text);
  }
}

function isDeeperThan(depth: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let i = 0; i < parts.length; i += 1) {
    // Asked here already: nearly all are numbers, and a call for each would take four times as long.
    if (typeof parts[i] === 'object' && isDeeperThan(depth - 1, parts[i])) return true;
  }
  return false;
}

function nestsTooDeep(depth: number): TooLargeError {
  return new TooLargeError(`The JSON nests more than ${depth} levels deep.`);
}

const byteOrderMark = '\ufeff';

export function decodeUtf8(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new PermanentError('The data is not UTF-8 text.');
  const text = bytes.toString('utf8');
  return text.startsWith(byteOrderMark) ? text.slice(1) : text;
}

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Another one in each process: names that all had one hash would count as one. */
const multiplier = 8 * randomInt(2 ** 28) + 5;

/** Counts what a text would become. Whether it is JSON at all is not asked here. */
export function checkBounds(bytes: Buffer, { depth, values, names }: JsonBounds): void {
  const known = new Set<number>();
  let level = 0;
  let count = 1;
  let hash = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    switch (bytes[at]) {
      case quote: {
        hash = 0;
        at += 1;
        for (let byte = bytes[at]; at < bytes.length && byte !== quote; byte = bytes[at]) {
          if (byte === backslash) at += 1;
          hash = (Math.imul(hash, multiplier) + (byte ?? 0)) | 0;
          at += 1;
        }
        break;
      }
      case colon:
        known.add(hash);
        if (known.size > names) throw new TooLargeError(`The JSON has more than ${names} different names.`);
        break;
      case comma:
        count += 1;
        break;
      case openList:
      case openObject:
        level += 1;
        count += 1;
        if (level > depth) throw nestsTooDeep(depth);
        break;
      case closeList:
      case closeObject:
        level -= 1;
        break;
    }
    if (count > values) throw new TooLargeError(`The JSON has more than ${values} values.`);
  }
}
