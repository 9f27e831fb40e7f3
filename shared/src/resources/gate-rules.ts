import { defineResource } from './resource.ts';
import { gateSettings } from './settings.ts';

/** What a model must do to go live. */
export const gateRules = defineResource({
  name: 'settings',
  settings: gateSettings,
  open: async settings => ({
    client: {
      minimumAccuracy: settings.GATE_MIN_ACCURACY,
      minimumRecall: settings.GATE_MIN_RECALL,
      minimumRows: settings.GATE_MIN_ROWS,
      minimumGain: settings.GATE_MIN_GAIN,
      alpha: settings.GATE_ALPHA,
      flipRows: settings.FLIP_REPORT_ROWS,
    },
    close: async () => {},
  }),
});
