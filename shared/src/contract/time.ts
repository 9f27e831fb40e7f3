import { z } from 'zod';

/** A time that is answered: a Date until it is sent, and ISO text on the wire. */
export const time = z
  .union([z.date().transform(date => date.toISOString()), z.string().transform(withZone)])
  .pipe(z.iso.datetime());

/** Whether times end in `Z`, or not, as readers expect who add it themselves. All of them are UTC. */
export const timeForms = ['zoned', 'bare'] as const;
export type TimeForm = (typeof timeForms)[number];

export function spellTime(time: Date, form: TimeForm): string {
  const text = time.toISOString();
  return form === 'bare' ? text.slice(0, -1) : text;
}

function withZone(text: string): string {
  return /T[\d:.]+$/.test(text) ? `${text}Z` : text;
}
