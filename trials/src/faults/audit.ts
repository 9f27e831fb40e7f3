import { isDeepStrictEqual } from 'node:util';
import type { RequestMessage } from '@banknote-loop/shared/contract';
import { classNames, otherClass } from '@banknote-loop/shared/contract';
import type { DataSet } from '@banknote-loop/shared/data-set';
import type { AnswerKey } from '@banknote-loop/testing/traffic/answers';
import type { DeadLetterMessage } from '@banknote-loop/testing/traffic/outside';
import type { StoredLesson, StoredNote } from '@banknote-loop/testing/traffic/stored-rows';
import type { SentMalformed, SentRating } from './ledger.ts';

/** Something that is not as it was promised. */
export interface Violation {
  readonly kind: 'lost' | 'doubled' | 'wrong';
  readonly what: string;
}

/** Every note exactly once, as it was sent. */
export function auditNotes(batches: readonly RequestMessage[], notes: readonly StoredNote[]): Violation[] {
  const stored = Map.groupBy(notes, keyOfNote);
  const expected = new Set<string>();
  const findings = batches.flatMap(({ batch_id, subjects, features }) =>
    subjects.flatMap((subject, position): Violation[] => {
      const what = `note ${position} of batch ${batch_id}`;
      const key = keyOfNote({ batch_id, position });
      expected.add(key);
      const [note, ...others] = stored.get(key) ?? [];
      if (!note) return [{ kind: 'lost', what }];
      if (others.length > 0) return [{ kind: 'doubled', what }];
      const same =
        note.subject_id === subject && note.features.every((x, i) => x === features[position]?.[i]);
      return same ? [] : [{ kind: 'wrong', what: `${what} is not what was sent` }];
    }),
  );
  const extra = [...stored.keys()].filter(key => !expected.has(key));
  return [
    ...findings,
    ...extra.map((key): Violation => ({ kind: 'doubled', what: `nobody sent note ${key}` })),
  ];
}

/** Every answer is the one that the model gives which it names. */
export async function auditAnswers(notes: readonly StoredNote[], key: AnswerKey): Promise<Violation[]> {
  const findings: Violation[] = [];
  for (const [model, answered] of Map.groupBy(notes, note => note.model_file_name)) {
    const right = await key.answersOf(
      model,
      answered.map(({ features }) => features),
    );
    answered.forEach(({ prediction, score, probabilities, ...note }, i) => {
      if (isDeepStrictEqual({ prediction, score, probabilities }, right[i])) return;
      findings.push({ kind: 'wrong', what: `note ${keyOfNote(note)} is not answered as ${model} does` });
    });
  }
  return findings;
}

/** On every note the word that was said last, or none. */
export function auditRatings(ratings: readonly SentRating[], notes: readonly StoredNote[]): Violation[] {
  const last = new Map<string, SentRating>();
  for (const rating of ratings) {
    const key = keyOfSubject(rating.batchId, rating.subject);
    const other = last.get(key);
    if (!other || other.time < rating.time) last.set(key, rating);
  }
  return notes.flatMap((note): Violation[] => {
    const expected = wordOn(note, last.get(keyOfSubject(note.batch_id, note.subject_id)));
    const { is_correct, true_label } = note;
    if (is_correct === expected.is_correct && true_label === expected.true_label) return [];
    const what = `the rating of note ${keyOfNote(note)} is ${is_correct} (${true_label}) instead of ${expected.is_correct} (${expected.true_label})`;
    return [{ kind: is_correct === null ? 'lost' : 'wrong', what }];
  });
}

/** A label says more than "right" or "wrong", and so it decides which of them is meant. */
function wordOn(
  { prediction }: StoredNote,
  said: SentRating | undefined,
): Pick<StoredNote, 'is_correct' | 'true_label'> {
  if (!said || said.rating === null) return { is_correct: null, true_label: null };
  const { rating, label } = said;
  return { is_correct: label === null ? rating === 1 : label === prediction, true_label: label };
}

/** A training row for every rated note of which the rating says what it is, and for no other, which says that. */
export function auditLessons(
  dataSet: DataSet,
  notes: readonly StoredNote[],
  lessons: readonly StoredLesson[],
): Violation[] {
  const learned = Map.groupBy(lessons, keyOfNote);
  const taught = notes.flatMap(note => {
    const truth = truthOf(dataSet, note);
    return truth === undefined ? [] : [{ note, truth }];
  });
  const findings = taught.flatMap(({ note, truth }): Violation[] => {
    const what = `the training row of note ${keyOfNote(note)}`;
    const [lesson, ...others] = learned.get(keyOfNote(note)) ?? [];
    if (!lesson) return [{ kind: 'lost', what }];
    if (others.length > 0) return [{ kind: 'doubled', what }];
    if (classNames(dataSet)[lesson.class] === truth) return [];
    return [{ kind: 'wrong', what: `${what} has class ${lesson.class}` }];
  });
  const known = new Set(taught.map(({ note }) => keyOfNote(note)));
  const extra = [...learned.keys()].filter(key => !known.has(key));
  return [
    ...findings,
    ...extra.map(
      (key): Violation => ({ kind: 'doubled', what: `a training row of the unrated note ${key}` }),
    ),
  ];
}

function truthOf(dataSet: DataSet, { is_correct, true_label, prediction }: StoredNote): string | undefined {
  if (is_correct === null) return undefined;
  return true_label ?? (is_correct ? prediction : otherClass(dataSet, prediction));
}

/**
 * Every malformed message refused by each function that got it, for the right reason; and nothing else refused. One
 * may stand there more than once: a refusal, too, is only delivered at least once.
 */
export function auditDeadLetters(
  malformed: readonly SentMalformed[],
  letters: readonly DeadLetterMessage[],
): Violation[] {
  const found = Map.groupBy(letters, ({ attributes }) => attributes.test_id);
  const findings = malformed.flatMap(({ id, malformed: { kind, refusedBy, reason, field } }) =>
    refusedBy.flatMap((name): Violation[] => {
      const what = `the refusal by ${name} of ${id} (${kind})`;
      const letter = found.get(id)?.find(({ attributes }) => attributes.dead_letter_function === name);
      if (!letter) return [{ kind: 'lost', what }];
      const { dead_letter_reason: given = '', dead_letter_field: at } = letter.attributes;
      return reason.test(given) && at === field ? [] : [{ kind: 'wrong', what: `${what}: ${at} ${given}` }];
    }),
  );
  // A good message that ran out of attempts has no outcome until somebody replays it.
  const parked = found.get(undefined) ?? [];
  return [
    ...findings,
    ...parked.map((letter): Violation => ({ kind: 'lost', what: describeParked(letter) })),
  ];
}

function describeParked({ attributes }: DeadLetterMessage): string {
  const by =
    attributes.dead_letter_function ??
    attributes.CloudPubSubDeadLetterSourceSubscription ??
    'somebody unknown';
  return `a good message was given up by ${by}: ${attributes.dead_letter_reason ?? 'out of attempts'}`;
}

function keyOfNote({ batch_id, position }: Pick<StoredNote, 'batch_id' | 'position'>): string {
  return `${batch_id}/${position}`;
}

function keyOfSubject(batchId: string, subject: string): string {
  return `${batchId}/${subject}`;
}
