import { defineResource } from './resource.ts';
import { bucketSettings } from './settings.ts';

/** The bucket of model files. */
export const modelStore = defineResource({
  name: 'model-store',
  settings: bucketSettings,
  async open(settings, _log, dataSet) {
    const { openModelStore } = await import('../bucket/model-store.ts');
    return { client: await openModelStore(settings, dataSet.name), close: async () => {} };
  },
});
