import { describe } from '@banknote-loop/shared/base';
import type { Gauge, Measurement } from '@banknote-loop/shared/telemetry';
import type { Context } from './context.ts';

/** The model that answers, and the queues. What cannot be asked at the moment is left out, never made up. */
export async function readGauges(
  context: Pick<Context, 'cache' | 'queues' | 'log'>,
): Promise<readonly Gauge[]> {
  const parts = await Promise.all(
    [modelGauges(context), queueGauges(context)].map(part =>
      part.catch(error => {
        context.log.warn({ reason: describe(error) }, 'a part of the metrics is left out');
        return [];
      }),
    ),
  );
  return parts.flat();
}

async function modelGauges({ cache }: Pick<Context, 'cache'>): Promise<readonly Gauge[]> {
  const [model, since] = await Promise.all([cache.latestModelName(), cache.latestModelSince()]);
  if (!model || !since) return [];
  return [
    gauge('banknote_model_info', 'The model that answers.', [{ labels: { model }, value: 1 }]),
    gauge('banknote_model_age_seconds', 'How long ago it was decided on.', [
      { value: (Date.now() - since.getTime()) / 1000 },
    ]),
  ];
}

async function queueGauges({ queues }: Pick<Context, 'queues'>): Promise<readonly Gauge[]> {
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

function gauge(name: string, help: string, measurements: readonly Measurement[]): Gauge {
  return { name, help, measurements };
}
