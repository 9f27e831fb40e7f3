import type { Logger } from '../base/log.ts';
import type { Database } from '../postgres/database.ts';
import { assessQuality, type Quality, type QualityRules } from './quality.ts';

/** Assesses the quality, and writes a warning for every threshold that has been crossed since anybody last did. */
export async function watchQuality(db: Database, rules: QualityRules, log: Logger): Promise<Quality> {
  const quality = await assessQuality(db, rules);
  for (const alert of await db.quality.raiseAlerts(quality.alerts)) {
    log.warn({ alert, model: quality.live_model }, 'a threshold of quality has been crossed');
  }
  return quality;
}
