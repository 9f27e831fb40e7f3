import { defineResource } from './resource.ts';
import { messageKeySettings } from './settings.ts';

/** What tells ratings whose reviewer's name our own API has checked from those that anybody has published. */
export const messageKeys = defineResource({
  name: 'message-keys',
  settings: messageKeySettings,
  async open(settings) {
    const [{ RatingSignatures }, { readSecret }] = await Promise.all([
      import('../pubsub/signed-ratings.ts'),
      import('../secrets/read-secret.ts'),
    ]);
    const { MESSAGE_KEYS: keys, MESSAGE_KEYS_SECRET: secret } = settings;
    const readKeys = keys ? async () => keys : secret ? () => readSecret(secret, settings) : undefined;
    return { client: new RatingSignatures(readKeys), close: async () => {} };
  },
});
