import type { z } from 'zod';
import { KeyRing } from '../base/key-ring.ts';
import { defineResource } from './resource.ts';
import { messageKeySettings, type messagingSettings } from './settings.ts';

type Settings = Pick<
  z.output<typeof messagingSettings>,
  'PROJECT_ID' | 'MESSAGE_KEYS' | 'MESSAGE_KEYS_SECRET' | 'SECRET_MANAGER_EMULATOR_HOST'
>;

/** The keys that messages are signed with, from wherever they are kept. */
export function keyRingOf(settings: Settings): KeyRing {
  const { MESSAGE_KEYS: keys, MESSAGE_KEYS_SECRET: secret } = settings;
  if (keys) return new KeyRing(async () => keys);
  if (!secret) return new KeyRing(undefined);
  return new KeyRing(async () => {
    const { readSecret } = await import('../secrets/read-secret.ts');
    return readSecret(secret, settings);
  });
}

/** What tells ratings whose reviewer's name our own API has checked from those that anybody has published. */
export const messageKeys = defineResource({
  name: 'message-keys',
  settings: messageKeySettings,
  async open(settings) {
    const { RatingSignatures } = await import('../pubsub/signed-ratings.ts');
    return { client: new RatingSignatures(keyRingOf(settings)), close: async () => {} };
  },
});
