import { z } from 'zod';
import { defaultGateSettings } from '../classifier/gate/input.ts';
import { defaultMostRows } from '../postgres/training-data.ts';
import { count, share } from './read-settings.ts';
import { cacheSettings } from './settings.ts';

// By what rules requests are answered, and models are made and judged.

/** How HTTP functions answer, for callers of before. */
export const replySettings = z.object({
  TIMES: cacheSettings.shape.TIMES,
  /** The status of what is accepted and done later. */
  ACCEPTED_STATUS: z.enum(['200', '201', '202']).default('202'),
});

export const predictSettings = z.object({
  /**
   * When an immediate prediction is recorded: `before` it is answered, so that each answer can be looked up and rated;
   * `after` it, so that those of a process that is killed at that moment are lost; `off`: never.
   */
  PREDICT_RECORD: z.enum(['before', 'after', 'off']).default('before'),
});

export const gateSettings = z.object({
  /** The least share of all hold-out rows, and of those of each class, that a model must get right; else what the data set says. */
  GATE_MIN_ACCURACY: share.optional(),
  GATE_MIN_RECALL: share.optional(),
  /** With fewer hold-out notes than this, nothing is decided. */
  GATE_MIN_ROWS: count.default(defaultGateSettings.minimumRows),
  /** By how much a model must exceed the one that answers; 0 lets an equally good one pass. */
  GATE_MIN_GAIN: share.default(defaultGateSettings.minimumGain),
  /** A difference that chance alone makes less often than this is taken for real. */
  GATE_ALPHA: share.default(defaultGateSettings.alpha),
  /** So many of the latest answers are given again by the new model, to see which would change. */
  FLIP_REPORT_ROWS: count.default(500),
});

export const trainingSettings = z.object({
  /** The largest share of what a model learns from, or is judged on, that may come from one reviewer; 1 is no limit. */
  CAP_REVIEWER_SHARE: share.default(0.1),
  /** The same for the labels of one batch. */
  CAP_BATCH_SHARE: share.default(0.1),
  /** So many rows of one reviewer or batch always count, however few rows there are in all. */
  CAP_MIN_ROWS: count.default(20),
  /** A training takes no more rows than this: of those that came with the data set a fixed sample, of people's the newest. */
  TRAIN_MAX_ROWS: z.coerce.number().int().min(100).default(defaultMostRows),
  /** With fewer new or changed labels than this, a training is put off. */
  RETRAIN_AFTER_ROWS: count.default(1),
  /** But not for longer than this after the last one; 0 waits for the labels alone. */
  RETRAIN_AFTER_MINUTES: z.coerce.number().min(0).default(0),
  /**
   * Labels of items that no trusted row is like wait for a second reviewer or an operator. Left out: where callers are known
   * by tokens. Otherwise they are learned from at once, and a warning is written.
   */
  REVIEW_FAR_LABELS: z.stringbool().optional(),
  AUTH_JWKS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** A label that is more probably wrong than this looks wrong; with 1, none does. */
  SUSPICION_MAX: share.default(0.7),
  /** So many that look wrong are learned from all the same; if there are more, none is until a second reviewer or an operator settles it. */
  SUSPICION_TOLERATED: z.coerce.number().int().min(0).default(5),
  /** So long may be looked, after a refusal, for the labels that hold learning back; 0 never looks. */
  QUARANTINE_SECONDS: z.coerce.number().min(0).max(120).default(30),
  /** About how many seconds it may take to try ways to learn and to choose among them. */
  TRAIN_BUDGET_SECONDS: z.coerce.number().min(1).max(120).default(20),
});

export const answerSettings = z.object({
  /** From which share on how unlike anything known an item is (`unlike`) makes of its answer a "don't know"; left out, never. */
  ABSTAIN_FROM: share.optional(),
});

export const qualitySettings = z.object({
  /** Ratings and answers of so many last days tell how good the models are. */
  QUALITY_WINDOW_DAYS: z.coerce.number().positive().default(7),
  /** At most so many of the latest answers are compared with the training data. */
  QUALITY_ROWS: count.default(5_000),
  /** With fewer answers or ratings than this, nothing is concluded. */
  QUALITY_MIN_ROWS: count.default(200),
  /** A population stability index above this is called drift. */
  DRIFT_THRESHOLD: z.coerce.number().positive().default(0.25),
  /** So many models refused in a row are an alert, and so many labels set aside. */
  QUALITY_MAX_REFUSALS: count.default(5),
  QUALITY_MAX_SET_ASIDE: count.default(50),
  /** Drift makes labels be learned from at once that otherwise wait for more (RETRAIN_AFTER_ROWS). */
  RETRAIN_ON_DRIFT: z.stringbool().default(false),
  /** A live accuracy that is clearly below that of the model before brings that model back. */
  ROLLBACK_ON_LIVE_ACCURACY: z.stringbool().default(false),
});
