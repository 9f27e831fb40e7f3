export { PubSub, v1 } from '@google-cloud/pubsub';
