import { unlikeFrom } from '@banknote-loop/shared/data-set';
import { ClassLabel } from './class-label.tsx';

/** What an answer says of how far to trust it, beside the probabilities. */
interface Known {
  readonly prediction: string;
  readonly unlike?: number | null | undefined;
  readonly abstained?: boolean | null | undefined;
}

/** Where nothing that the model has learned from is like an item, people should know it, whatever the answer. */
export function UnlikeNote({ unlike, abstained, prediction }: Known) {
  const isUnlike = abstained || (unlike ?? 0) >= unlikeFrom;
  if (!isUnlike) return null;
  return (
    <small class="unlike">
      unlike anything it has learned from{abstained ? `; its best guess is ${prediction}` : ''}
    </small>
  );
}

/** The class that an item was called, or that the model does not know. */
export function AnswerLabel({ prediction, abstained }: Known) {
  if (!abstained) return <ClassLabel name={prediction} />;
  return (
    <span class="prediction unknown-class">
      <span aria-hidden="true">?</span> don't know
    </span>
  );
}
