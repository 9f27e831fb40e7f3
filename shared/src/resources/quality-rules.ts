import { defineResource } from './resource.ts';
import { qualitySettings } from './settings.ts';

/** How the quality of the models that answer is watched. */
export const qualityRules = defineResource({
  name: 'settings',
  settings: qualitySettings,
  open: async settings => ({
    client: {
      windowDays: settings.QUALITY_WINDOW_DAYS,
      rows: settings.QUALITY_ROWS,
      minimumRows: settings.QUALITY_MIN_ROWS,
      driftThreshold: settings.DRIFT_THRESHOLD,
      retrainOnDrift: settings.RETRAIN_ON_DRIFT,
      rollBackOnLiveAccuracy: settings.ROLLBACK_ON_LIVE_ACCURACY,
    },
    close: async () => {},
  }),
});
