import { cache } from './cache.ts';
import { modelStore } from './model-store.ts';
import { defineResource } from './resource.ts';
import { bucketSettings, cacheSettings } from './settings.ts';

/** The model that answers now, kept fresh by itself. */
export const liveModel = defineResource({
  name: 'live-model',
  settings: cacheSettings.extend(bucketSettings.shape),
  async open(settings, log, dataSet) {
    const [names, files, { LiveModelKeeper }, { loadClassifier }] = await Promise.all([
      cache.open(settings, log, dataSet),
      modelStore.open(settings, log, dataSet),
      import('../models/live-model.ts'),
      import('../models/load.ts'),
    ]);
    const keeper = new LiveModelKeeper(
      {
        latestName: () => names.client.latestModelName(),
        lastGoodName: () => names.client.lastGoodModelName(),
        load: async fileName => loadClassifier(dataSet, fileName, await files.client.load(fileName)),
      },
      log,
    );
    return {
      client: keeper,
      vitals: () => ({ model_age_seconds: keeper.secondsSinceTraining }),
      async close() {
        await keeper.close();
        await names.close();
      },
    };
  },
});
