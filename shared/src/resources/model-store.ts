import { bucketSettings } from '../settings.ts';
import { defineResource } from './resource.ts';

/** The bucket of model files. */
export const modelStore = defineResource({
  name: 'model-store',
  settings: bucketSettings,
  async open(settings) {
    const { openModelStore } = await import('../models/store.ts');
    return { client: await openModelStore(settings), close: async () => {} };
  },
});
