export { cache } from './cache.ts';
export { database } from './database.ts';
export { deadLetters } from './dead-letters.ts';
export { messageKeys } from './message-keys.ts';
export { modelStore } from './model-store.ts';
export { readSettings, SettingsError } from './read-settings.ts';
export type { ResourceName } from './resource.ts';
export {
  databaseSettings,
  messagingSettings,
  processSettings,
  redisSettings,
  telemetrySettings,
} from './settings.ts';
