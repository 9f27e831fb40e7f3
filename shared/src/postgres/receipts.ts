import type { Label } from '../contract/classes.ts';
import type { Features } from '../contract/notes.ts';
import type { LabelRole } from './data-set.ts';
import type { Sql } from './sql.ts';

/** What became of one rating, as far as the tables know. */
export interface ReceiptRecord {
  readonly subject: string;
  readonly position: number;
  readonly features: Features;
  readonly prediction: Label;
  readonly score: number | null;
  readonly predicted_by: string | null;
  readonly rating: 0 | 1;
  readonly reviewer: string | null;
  readonly rated_at: Date;
  /** Null until the rating has become a row that models learn from. */
  readonly training_class: 0 | 1 | null;
  /** Null until a training has settled it. */
  readonly role: LabelRole | null;
  readonly job_id: string | null;
  readonly model_file_name: string | null;
  readonly promoted: boolean | null;
  readonly reason: string | null;
  /** The first answer of a model that learned it: of the job's own or of a later one. */
  readonly live_at: Date | null;
  readonly live_by: string | null;
}

const receiptOfBatch = {
  name: 'receipt-of-batch',
  text: `
    select p.subject_id as subject, p.position, array[p.variance, p.skewness, p.curtosis, p.entropy] as features,
      p.prediction, p.score, p.model_file_name as predicted_by, p.is_correct::int as rating, p.reviewer, p.rated_at,
      t.class as training_class, t.role, t.job_id, m.file_name as model_file_name, m.promoted, m.reason,
      live.created as live_at, live.file_name as live_by
    from predictions p
      left join training t using (batch_id, position)
      left join models m on m.job_id = t.job_id
      left join lateral (
        select answer.created, later.file_name
        from models later, lateral (
          select created from predictions
          where model_file_name = later.file_name and position = 0 and created >= t.created
          order by created limit 1
        ) as answer
        where later.created >= m.created
        order by answer.created limit 1
      ) as live on t.role = 'trains'
    where p.batch_id = $1 and p.is_correct is not null
    order by p.position`,
};

export function readReceipt(sql: Sql, batchId: string): Promise<ReceiptRecord[]> {
  return sql.rows<ReceiptRecord>(receiptOfBatch, [batchId]);
}
