import {
  answerSettings,
  gateSettings,
  predictSettings,
  qualitySettings,
  replySettings,
  trainingSettings,
} from './rule-settings.ts';

// By what rules requests are answered and models are made and judged: environment variables, as the code names them.

/** In what form HTTP functions reply. */
export const replyRules = replySettings.transform(settings => ({
  times: settings.TIMES,
  acceptedStatus: Number(settings.ACCEPTED_STATUS),
}));

/** What a model must do to go live. */
export const gateRules = gateSettings.transform(settings => ({
  minimumAccuracy: settings.GATE_MIN_ACCURACY,
  minimumRecall: settings.GATE_MIN_RECALL,
  minimumRows: settings.GATE_MIN_ROWS,
  minimumGain: settings.GATE_MIN_GAIN,
  alpha: settings.GATE_ALPHA,
  flipRows: settings.FLIP_REPORT_ROWS,
}));

/** What a training may learn from, and when it is time for one. */
export const trainingRules = trainingSettings.transform(settings => ({
  caps: {
    reviewerShare: settings.CAP_REVIEWER_SHARE,
    batchShare: settings.CAP_BATCH_SHARE,
    minimumRows: settings.CAP_MIN_ROWS,
    mostRows: settings.TRAIN_MAX_ROWS,
  },
  afterRows: settings.RETRAIN_AFTER_ROWS,
  afterMinutes: settings.RETRAIN_AFTER_MINUTES,
  budgetSeconds: settings.TRAIN_BUDGET_SECONDS,
  suspicion: {
    mostSuspicion: settings.SUSPICION_MAX,
    tolerated: settings.SUSPICION_TOLERATED,
    reviewFar: settings.REVIEW_FAR_LABELS ?? settings.AUTH_JWKS_URL !== undefined,
    verifiedOnly: settings.AUTH_JWKS_URL !== undefined,
  },
  quarantineSeconds: settings.QUARANTINE_SECONDS,
}));

/** What an answer says beside what a model says. */
export const answerRules = answerSettings.transform(settings => ({ abstainFrom: settings.ABSTAIN_FROM }));

/** How the quality of the models that answer is watched. */
export const qualityRules = qualitySettings.transform(settings => ({
  windowDays: settings.QUALITY_WINDOW_DAYS,
  rows: settings.QUALITY_ROWS,
  minimumRows: settings.QUALITY_MIN_ROWS,
  driftThreshold: settings.DRIFT_THRESHOLD,
  mostRefusals: settings.QUALITY_MAX_REFUSALS,
  mostSetAside: settings.QUALITY_MAX_SET_ASIDE,
  retrainOnDrift: settings.RETRAIN_ON_DRIFT,
  rollBackOnLiveAccuracy: settings.ROLLBACK_ON_LIVE_ACCURACY,
}));

/** What becomes of immediate predictions. */
export const predictRules = predictSettings.transform(settings => ({ record: settings.PREDICT_RECORD }));
