import type { FeedbackMessage } from '@banknote-loop/shared';

/** The part of a feedback that speaks of the named subjects. */
export function only(feedback: FeedbackMessage, subjects: readonly string[]): FeedbackMessage {
  const wanted = new Set(subjects);
  const kept = feedback.subjects.flatMap((subject, i) => (wanted.has(subject) ? [i] : []));
  const pick = <T>(list: readonly T[]): T[] => kept.flatMap(i => list.slice(i, i + 1));
  const { subjects: all, ratings, labels } = feedback;
  return {
    ...feedback,
    subjects: pick(all),
    ratings: pick(ratings),
    ...(labels && { labels: pick(labels) }),
  };
}
