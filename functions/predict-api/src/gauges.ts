import { describe } from '@banknote-loop/shared/base';
import type { Gauge, Sample } from '@banknote-loop/shared/telemetry';
import type { Given } from './given.ts';

/** The model that answers, and the queues. What cannot be asked at the moment is left out, never made up. */
export async function readGauges(given: Pick<Given, 'cache' | 'queues' | 'log'>): Promise<readonly Gauge[]> {
  const parts = await Promise.all(
    [modelGauges(given), queueGauges(given)].map(part =>
      part.catch(error => {
        given.log.warn({ reason: describe(error) }, 'a part of the numbers is left out');
        return [];
      }),
    ),
  );
  return parts.flat();
}

async function modelGauges({ cache }: Pick<Given, 'cache'>): Promise<readonly Gauge[]> {
  const [model, since] = await Promise.all([cache.latestModelName(), cache.latestModelSince()]);
  if (!model || !since) return [];
  return [
    gauge('banknote_model_info', 'The model that answers.', [{ labels: { model }, value: 1 }]),
    gauge('banknote_model_age_seconds', 'How long ago it was decided on.', [
      { value: (Date.now() - since.getTime()) / 1000 },
    ]),
  ];
}

async function queueGauges({ queues }: Pick<Given, 'queues'>): Promise<readonly Gauge[]> {
  const states = await queues.list();
  const held = states.find(({ name }) => name === 'dead-letter');
  const waiting = states
    .filter(({ name }) => name !== 'dead-letter')
    .map(({ name, waiting: value }) => ({ labels: { function: name }, value }));
  return [
    ...(waiting.length > 0
      ? [gauge('banknote_queue_messages', 'Messages that wait for a function.', waiting)]
      : []),
    ...(held ? [gauge('banknote_dead_letters', 'Messages given up.', [{ value: held.waiting }])] : []),
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Gauge {
  return { name, help, samples };
}
