import { defineResource } from './resource.ts';
import { bucketSettings } from './settings.ts';

/** The bucket of model files. */
export const modelStore = defineResource({
  name: 'model-store',
  settings: bucketSettings,
  async open(settings, _log, dataSet) {
    const [{ openModelStore }, { readSecret }] = await Promise.all([
      import('../bucket/model-store.ts'),
      import('../secrets/read-secret.ts'),
    ]);
    const { MODEL_KEYS, MODEL_KEYS_SECRET: secret } = settings;
    const readKeys = secret && !MODEL_KEYS ? () => readSecret(secret, settings) : undefined;
    return { client: await openModelStore(settings, dataSet.name, readKeys), close: async () => {} };
  },
});
