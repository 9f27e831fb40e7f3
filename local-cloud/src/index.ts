// The only door: whoever wants Google's services on this machine imports these, and nothing else of this package.
export { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';
export { type Monitoring, startMonitoring } from './monitoring/start.ts';
export { type PubSub, type PubSubOptions, startPubSub } from './pubsub/server.ts';
export { type Secrets, type SecretsOptions, startSecrets } from './secrets/start.ts';
export { type LocalStorage, type StorageOptions, startStorage } from './storage/start.ts';
export type { Span } from './telemetry/otlp-request.ts';
export { type SpanReceiver, startSpanReceiver } from './telemetry/span-receiver.ts';
export { SpanStore } from './telemetry/span-store.ts';
