import { History } from './history.ts';
import type { TopicSettings } from './settings.ts';
import type { Subscription } from './subscription.ts';

export class Topic {
  readonly subscriptions = new Set<Subscription>();
  /** What was published of late, if the topic keeps it. */
  readonly history = new History();
  settings: TopicSettings;

  constructor(settings: TopicSettings) {
    this.settings = settings;
  }
}
