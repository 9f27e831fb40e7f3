import type { RequestMessage } from '@banknote-loop/shared/contract';
import type { MalformedKind } from '@banknote-loop/testing/traffic/malformed';
import type { Rating } from './traffic-plan.ts';

/** A rating that Pub/Sub has accepted, and the time that its publisher gave it. */
export interface SentRating extends Rating {
  readonly batchId: string;
  readonly time: number;
}

export interface SentMalformed {
  readonly id: string;
  readonly malformed: MalformedKind;
}

/** What Pub/Sub has accepted, and is therefore owed an outcome. */
export class Ledger {
  readonly batches: RequestMessage[] = [];
  readonly ratings: SentRating[] = [];
  readonly malformed: SentMalformed[] = [];

  get notes(): number {
    return this.batches.reduce((sum, { subjects }) => sum + subjects.length, 0);
  }
}
