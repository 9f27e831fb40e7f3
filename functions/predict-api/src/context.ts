import type { topics } from '@banknote-loop/shared';
import type { ModelStore } from '@banknote-loop/shared/bucket';
import type { Request, SignInClient } from '@banknote-loop/shared/http';
import type { AnswerSettings, LiveModelKeeper } from '@banknote-loop/shared/models';
import type { Queues } from '@banknote-loop/shared/monitoring';
import type { Database } from '@banknote-loop/shared/postgres';
import type { DeadLetters, RatingSignatures } from '@banknote-loop/shared/pubsub';
import type { QualitySettings } from '@banknote-loop/shared/quality';
import type { Cache } from '@banknote-loop/shared/redis';

/** What each route of this function works with. */
export interface Context
  extends Request<
    typeof topics.feedback | typeof topics.prediction | typeof topics.model | typeof topics.job
  > {
  readonly cache: Cache;
  readonly db: Database;
  readonly models: LiveModelKeeper;
  readonly store: ModelStore;
  readonly queues: Pick<Queues, 'list'>;
  readonly signIn: SignInClient;
  readonly deadLetters: Pick<DeadLetters, 'list' | 'find' | 'replay' | 'drop'>;
  readonly signatures: Pick<RatingSignatures, 'sign'>;
  readonly answers: AnswerSettings;
  readonly quality: QualitySettings;
  /** When an immediate prediction is recorded: before it is answered, after, or never. */
  readonly predictions: { readonly record: 'before' | 'after' | 'off' };
}
