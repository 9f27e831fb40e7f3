export { until } from '@banknote-loop/shared/base';
export { type Delivered, type DeliveryOptions, deliver, failureOf, type Published } from './delivery.ts';
export { type Envelope, envelopes, type Pushed } from './envelopes.ts';
export { aFeedback, aModel, aNote, aPrediction, aRequest } from './messages.ts';
export { startSilentServer } from './silent-server.ts';
