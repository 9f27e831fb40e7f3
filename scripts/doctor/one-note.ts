import { timeOrderedUuid, until } from '@banknote-loop/shared/base';
import { topics } from '@banknote-loop/shared/contract';
import { type DataSet, exampleRow } from '@banknote-loop/shared/data-set';
import type { Database } from '@banknote-loop/shared/postgres';
import type { Publisher } from '@banknote-loop/shared/pubsub';
import type { Cache } from '@banknote-loop/shared/redis';
import type { Check } from './check.ts';

const patienceMs = 20_000;

interface Parts {
  readonly dataSet: DataSet;
  readonly db: Database;
  readonly cache: Cache;
  readonly publisher: () => Promise<Publisher>;
}

/** Sends one item through the loop; its batch stays, with the subject `doctor`. */
export function oneNoteCheck({ dataSet, db, cache, publisher }: Parts): Check {
  return {
    name: `one ${dataSet.item}`,
    async run() {
      const batch_id = timeOrderedUuid();
      const startedAt = performance.now();
      const request = { batch_id, subjects: ['doctor'], features: [exampleRow(dataSet)] };
      await (await publisher()).send(topics.request.name, Buffer.from(JSON.stringify(request)), {});
      const [note] = await waitFor('PostgreSQL', batch_id, () => db.batches.notes(batch_id));
      await waitFor('Redis', batch_id, () => batchesNamed(cache, batch_id));
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
      return `${note?.prediction} by ${note?.model_file_name}, stored and listed after ${seconds} s (batch ${batch_id})`;
    },
    remedy:
      'Find where it stopped by its batch id, as docs/operations.md says under "How to find a message".',
  };
}

function waitFor<T>(
  where: string,
  batchId: string,
  look: () => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const find = async () => {
    const found = await look();
    return found.length > 0 && found;
  };
  return until(`the batch ${batchId} is in ${where}`, find, patienceMs);
}

async function batchesNamed(cache: Cache, batchId: string): Promise<readonly unknown[]> {
  const batches = await cache.newestBatches(cache.boundOf('batches'));
  return batches.filter(batch => Reflect.get(Object(batch), 'batch_id') === batchId);
}
