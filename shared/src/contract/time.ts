import { z } from 'zod';

/** A time that is answered: a Date until it is sent, and ISO text on the wire. */
export const time = z
  .union([z.date().transform(date => date.toISOString()), z.string()])
  .pipe(z.iso.datetime());
