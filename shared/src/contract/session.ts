import { z } from 'zod';
import { scopes } from './roles.ts';

/** Who the caller is, and what the caller may do. */
export const sessionAnswer = z.object({
  /** How people sign in here: on the page, by a token that they have from elsewhere, or not at all. */
  sign_in: z.enum(['page', 'token', 'none']),
  /** Nobody, where somebody could sign in and has not. */
  principal: z.string().nullable(),
  roles: z.array(z.string()),
  scopes: z.array(z.enum(scopes)),
  /** What the caller may not do, and which roles may. */
  lacking: z.array(z.object({ scope: z.enum(scopes), roles: z.array(z.string()) })),
  /** When the token ends by which the caller is known; a session of the page can be renewed. */
  expires: z.iso.datetime().nullable(),
});
export type SessionAnswer = z.infer<typeof sessionAnswer>;

export const beginSignInBody = z.strictObject({
  /** The view of the page to come back to. */
  view: z
    .string()
    .regex(/^[a-z-]{0,40}$/, 'A view is the part of the page behind #/.')
    .default(''),
});

/** Where the page goes next; nowhere if there is nothing more to do. */
export const nextAddress = z.object({ address: z.string().nullable() });
