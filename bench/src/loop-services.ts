import { buildIfChanged } from '@banknote-loop/build/if-changed';
import { prepareMessaging } from '@banknote-loop/local/prepare-cloud';
import { type Environment, startServices } from '@banknote-loop/local/services';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { pubSubIn } from '@banknote-loop/shared/pubsub';
import type { Pool } from 'pg';
import { makeFolder } from './folder.ts';
import { ownerOf } from './owner.ts';

/** Everything around the functions, as `npm start` brings it up, with none of them running. */
export interface LoopServices {
  readonly environment: Environment;
  /** For what the functions have no right to do, such as emptying a table. */
  readonly owner: Pool;
  close(): Promise<void>;
}

export async function openServices(): Promise<LoopServices> {
  await buildIfChanged();
  const folder = makeFolder();
  const services = await startServices({
    folder: folder.path,
    dataSet: findDataSet('banknotes'),
    durable: true,
    given: {},
    print: line => console.error(line),
  });
  const { environment } = services;
  await prepareMessaging(pubSubIn(environment), [], { minSeconds: 1, maxSeconds: 60 });
  const owner = ownerOf(services, environment);
  return {
    environment,
    owner,
    async close() {
      await owner.end();
      await services.stop();
      folder.remove();
    },
  };
}
