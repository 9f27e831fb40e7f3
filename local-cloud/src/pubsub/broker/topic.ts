import type { TopicSettings } from './settings.ts';
import type { Subscription } from './subscription.ts';

export class Topic {
  readonly subscriptions = new Set<Subscription>();
  settings: TopicSettings;

  constructor(settings: TopicSettings) {
    this.settings = settings;
  }
}
