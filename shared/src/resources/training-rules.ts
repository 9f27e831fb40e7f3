import { defineResource } from './resource.ts';
import { trainingSettings } from './settings.ts';

/** What a training may learn from, and when it is time for one. */
export const trainingRules = defineResource({
  name: 'settings',
  settings: trainingSettings,
  open: async settings => ({
    client: {
      caps: {
        reviewerShare: settings.CAP_REVIEWER_SHARE,
        batchShare: settings.CAP_BATCH_SHARE,
        minimumRows: settings.CAP_MIN_ROWS,
      },
      afterRows: settings.RETRAIN_AFTER_ROWS,
      afterMinutes: settings.RETRAIN_AFTER_MINUTES,
    },
    close: async () => {},
  }),
});
