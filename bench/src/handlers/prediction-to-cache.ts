import { batchEntry } from '@banknote-loop/shared/redis';
import type { Envelope } from '@banknote-loop/testing';
import definition from '../../../functions/prediction-to-cache/src/index.ts';
import { envelopeOf, prediction } from '../messages.ts';
import type { Stores } from '../stores.ts';
import type { HandlerBenchmark } from './benchmark.ts';
import { openReceiver } from './receiver.ts';

interface Work {
  readonly envelope: Envelope;
  readonly id: string;
  readonly json: string;
}

const list = 'bench:batches';
const index = 'bench:batches:index';
const bound = 500;

export function predictionToCache({ cache, redis }: Stores): HandlerBenchmark<Work> {
  // What the script does for a new entry, all of it in one go and none of it answered in between.
  const push = (works: readonly Work[]) => {
    const pipeline = redis.pipeline();
    for (const { id, json } of works) {
      pipeline.zadd(index, Date.now(), id).lpush(list, json);
      pipeline.ltrim(list, 0, bound - 1).zremrangebyrank(index, 0, -bound - 1);
    }
    return pipeline.exec();
  };
  const receive = openReceiver(definition, { cache });
  return {
    name: definition.name,
    async prepare(rows, messages) {
      return Array.from({ length: messages }, () => {
        const message = prediction(rows);
        const { batch_id, subjects, output } = message;
        const created = new Date().toISOString();
        const { id, json } = batchEntry({ batch_id, subjects, predictions: output, created }, 'zoned');
        return { envelope: envelopeOf(message), id, json };
      });
    },
    ours: ({ envelope }) => receive(envelope),
    limit: one => push([one]),
    limitOfMany: push,
    async naive({ id, json }) {
      await redis.zadd(index, Date.now(), id);
      await redis.lpush(list, json);
      await redis.ltrim(list, 0, bound - 1);
      await redis.zremrangebyrank(index, 0, -bound - 1);
    },
  };
}
