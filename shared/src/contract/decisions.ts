import { z } from 'zod';
import { isStorable } from './notes.ts';

/** How it comes that another model answers, or goes on answering: by the gate after a training, or by a person. */
export const decisionKinds = ['training', 'promotion', 'rollback', 'pin', 'unpin'] as const;

export const modelFileName = z
  .string('Say which model.')
  .regex(/^[\w.-]{1,200}$/, 'A model file name is made of letters, digits, ".", "_" and "-".');

/** The parameters of the paths under `/models/{name}`. */
export const modelPath = z.object({ name: modelFileName });

/** Longer than any reason that we write ourselves: it is stored, listed and shown. */
export const mostCharacters = 10_000;

/** What a `model` message says of the decision that it announces. */
export const decision = z.object({
  kind: z.enum(decisionKinds),
  by: z.string().max(mostCharacters),
  why: z.string().max(mostCharacters),
  /** The model that answered until then. */
  replaces: z.string().optional(),
});

function word(missing: string) {
  return z
    .string(missing)
    .trim()
    .min(1, missing)
    .max(500, 'At most 500 characters are kept.')
    .refine(isStorable, 'Write well-formed text without U+0000.');
}
/** Who decides something by hand, and why. */
export const decidedBy = {
  by: word('Say who decides.'),
  why: word('Say why: it is kept with the decision.'),
};
const ofModel = {
  ...decidedBy,
  /** The model that answers now, as whoever decides knows it: if another does, nothing is decided. */
  instead_of: modelFileName.optional(),
};

/** What a person decides. A pin without a name holds the model that answers now; a rollback is to the one before it. */
export const decisionBody = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('promotion'), model_file_name: modelFileName, ...ofModel }),
  z.strictObject({ kind: z.literal('pin'), model_file_name: modelFileName.optional(), ...ofModel }),
  z.strictObject({ kind: z.literal('rollback'), ...ofModel }),
  z.strictObject({ kind: z.literal('unpin'), ...ofModel }),
]);
export type DecisionRequest = z.infer<typeof decisionBody>;
