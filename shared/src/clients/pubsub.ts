// Publishes, and looks after dead letters: with gRPC the largest of the clients, and not needed to refuse a bad message.
export { PubSub, v1 } from '@google-cloud/pubsub';
