import type { IncomingHttpHeaders } from 'node:http';
import { spellTime, type TimeForm, timeForms } from '../contract/time.ts';

// Readers of before this loop add the "Z" of a time themselves. `TIMES` says what readers get who do not say what they
// want; a request may say so (`Prefer: times=zoned`, RFC 7240), as our own page does.

export function timesWanted({ prefer }: IncomingHttpHeaders, usual: TimeForm): TimeForm {
  const [, wanted] = /\btimes="?(\w+)/i.exec(String(prefer ?? '')) ?? [];
  return timeForms.find(form => form === wanted) ?? usual;
}

/** A copy of an answer in which whatever is named `created` has no zone. */
export function bareTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareTimes);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      name === 'created' ? withoutZone(part) : bareTimes(part),
    ]),
  );
}

function withoutZone(time: unknown): unknown {
  const date = time instanceof Date || typeof time === 'string' ? new Date(time) : undefined;
  return date && Number.isFinite(date.getTime()) ? spellTime(date, 'bare') : time;
}
