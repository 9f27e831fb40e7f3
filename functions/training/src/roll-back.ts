import { type Announce, decideNow } from '@banknote-loop/shared/models';
import type { Database } from '@banknote-loop/shared/postgres';
import type { Quality } from '@banknote-loop/shared/quality';

/** Brings the model before back if people find the live one wrong clearly more often. A pinned model stays. */
export async function rollBackIfWorse(db: Database, quality: Quality, announce: Announce): Promise<void> {
  const { better_before, models } = quality;
  const live = await db.models.live();
  if (better_before === null || live?.kind === 'pin') return;
  const ofModel = (name: string | null) => models.find(({ model_file_name }) => model_file_name === name);
  const [now, before] = [ofModel(quality.live_model), ofModel(better_before)];
  const why = `People found ${now?.correct} of ${now?.rated} answers right, and ${before?.correct} of ${before?.rated} of the model before.`;
  await decideNow(db, { kind: 'rollback', by: 'live accuracy', why }, announce);
}
