import { defineResource } from './resource.ts';
import { deadLetterSettings } from './settings.ts';

/** The messages that could not be processed, to be looked at, replayed or dropped. */
export const deadLetters = defineResource({
  name: 'dead-letters',
  settings: deadLetterSettings,
  async open(settings) {
    const { openDeadLetters } = await import('../pubsub/dead-letters.ts');
    const client = await openDeadLetters(settings);
    return { client, close: () => client.close() };
  },
});
