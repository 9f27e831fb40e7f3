import type { Logger } from '../base/log.ts';
import { populationStability } from '../classifier/psi.ts';
import { wilsonInterval } from '../classifier/wilson.ts';
import type { DriftBin, FeatureDrift, QualityAnswer } from '../contract/model-answers.ts';
import type { Database } from '../postgres/database.ts';
import type { Distribution } from '../postgres/drift.ts';
import type { LearningState, LiveAccuracy } from '../postgres/quality.ts';

export interface QualitySettings {
  readonly windowDays: number;
  readonly rows: number;
  readonly minimumRows: number;
  readonly driftThreshold: number;
  readonly mostRefusals: number;
  readonly mostSetAside: number;
}

type ModelQuality = QualityAnswer['models'][number];

/** Measures the quality, and logs a warning for every threshold that has been crossed since anybody last did. */
export async function checkQuality(
  db: Database,
  settings: QualitySettings,
  log: Logger,
): Promise<QualityAnswer> {
  const { learning, ...quality } = await measureQuality(db, settings);
  await db.figures.record(figuresOf(quality.drift, learning));
  for (const alert of await db.quality.raiseAlerts(quality.alerts)) {
    log.warn({ alert, model: quality.live_model }, 'a threshold of quality has been crossed');
  }
  return quality;
}

/** As far as they could be measured. */
function figuresOf(drift: readonly FeatureDrift[], { setAside }: LearningState) {
  const measured = drift.flatMap(({ psi }) => psi ?? []);
  return { 'set aside': setAside, ...(measured.length > 0 && { drift: Math.max(...measured) }) };
}

export async function measureQuality(
  db: Database,
  settings: QualitySettings,
): Promise<QualityAnswer & { readonly learning: LearningState }> {
  const [live, accuracies, histograms, learning] = await Promise.all([
    db.models.live(),
    db.quality.liveAccuracy(settings.windowDays),
    db.quality.drift(settings.rows),
    db.quality.learning(),
  ]);
  const models = accuracies.map(withInterval);
  const drift = histograms.map(histogram => driftOf(histogram, settings));
  const before = live && (await db.models.before(live.model_file_name));
  const ofModel = (name: string | undefined) =>
    models.find(({ model_file_name }) => model_file_name === name);
  const isWorse = clearlyWorse(ofModel(live?.model_file_name), ofModel(before), settings.minimumRows);
  const drifted = drift.filter(one => one.drifted).map(({ name }) => `drift of ${name}`);
  const worse = isWorse ? [`live accuracy of ${live?.model_file_name} below that of ${before}`] : [];
  return {
    live_model: live?.model_file_name ?? null,
    models,
    drift,
    alerts: [...drifted, ...worse, ...alertsOfLearning(learning, settings)],
    better_before: isWorse ? (before ?? null) : null,
    learning,
  };
}

function alertsOfLearning({ refusalsInARow, setAside }: LearningState, settings: QualitySettings): string[] {
  return [
    ...(refusalsInARow >= settings.mostRefusals
      ? [`refusals: ${settings.mostRefusals} models in a row, or more, were refused`]
      : []),
    ...(setAside >= settings.mostSetAside
      ? [`labels: ${settings.mostSetAside}, or more, are set aside`]
      : []),
  ];
}

function withInterval(accuracy: LiveAccuracy): ModelQuality {
  const { rated, correct } = accuracy;
  return { ...accuracy, accuracy: correct / rated, interval: wilsonInterval(correct, rated) };
}

function driftOf(histogram: Distribution, settings: QualitySettings): FeatureDrift {
  const { name, lower, upper, values, learned, answered } = histogram;
  const [learnedRows, answeredRows] = [sum(learned), sum(answered)];
  const enough = Math.min(learnedRows, answeredRows) >= settings.minimumRows;
  const psi = enough ? populationStability(learned, answered) : null;
  return {
    name,
    learned: learnedRows,
    answered: answeredRows,
    psi,
    drifted: psi !== null && psi > settings.driftThreshold,
    bins: learned.map((count, bin) => ({
      lower: lower[bin] ?? null,
      upper: upper[bin] ?? null,
      ...labelOf(values[bin]),
      learned_share: shareOf(count, learnedRows),
      answered_share: shareOf(answered[bin] ?? 0, answeredRows),
    })),
  };
}

function labelOf(value: string | null | undefined): Pick<DriftBin, 'label'> {
  return value == null ? {} : { label: value };
}

function shareOf(count: number, all: number): number {
  return all === 0 ? 0 : count / all;
}

/** Only intervals that do not even touch tell two models apart: people rate what they like, not a random sample. */
function clearlyWorse(
  now: ModelQuality | undefined,
  before: ModelQuality | undefined,
  minimumRows: number,
): boolean {
  if (!now || !before || Math.min(now.rated, before.rated) < minimumRows) return false;
  return now.interval.high < before.interval.low;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
