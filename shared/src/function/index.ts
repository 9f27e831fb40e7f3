export {
  type Clients,
  type Delivery,
  defaultNeeds,
  defineFunction,
  type EventFunction,
  type Needs,
  type Reads,
  type SettingsOf,
  type Uses,
} from './definition.ts';
export { createDelivery, type Outcome } from './deliver.ts';
export { startInstance } from './instance.ts';
export { publishByHand } from './publish-by-hand.ts';
