import { join } from 'node:path';
import { defaultNeeds } from '@banknote-loop/shared/function';
import type { SupervisedServer } from './looked-after.ts';
import { findFreePort } from './ports.ts';
import { type RunningProcess, startProcess } from './processes.ts';

const program = join(import.meta.dirname, '../../local-cloud/src/main.ts');

/** The stand-ins for Google's services, in a process of their own. */
export interface CloudProcess extends SupervisedServer {
  readonly environment: {
    readonly PUBSUB_EMULATOR_HOST: string;
    readonly MONITORING_EMULATOR_HOST: string;
    readonly STORAGE_EMULATOR_HOST: string;
    readonly SECRET_MANAGER_EMULATOR_HOST: string;
  };
  /** Where one of them listens. */
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts them on ports that stay the same when they are started again. What they keep is in the folder. */
export async function startCloudProcess(folder: string, project: string): Promise<CloudProcess> {
  const [pubsub, storage, secrets, monitoring] = await Promise.all([
    findFreePort(),
    findFreePort(),
    findFreePort(),
    findFreePort(),
  ]);
  const ports = Object.entries({ pubsub, storage, secrets, monitoring });
  const start = (): Promise<RunningProcess> =>
    startProcess({
      name: "What stands in for Google's services",
      command: process.execPath,
      args: [
        ...[program, '--project', project, '--data', folder],
        // The platform gives an instance no more at a time either; what is above it waits in the queue, not in memory.
        ...['--most-pushes', String(defaultNeeds.concurrency)],
        ...ports.flatMap(([name, port]) => [`--${name}-port`, String(port)]),
      ],
      readyText: '# ready',
      stopSignal: 'SIGTERM',
    });
  let running = await start();
  return {
    environment: {
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${pubsub}`,
      MONITORING_EMULATOR_HOST: `127.0.0.1:${monitoring}`,
      STORAGE_EMULATOR_HOST: `http://127.0.0.1:${storage}`,
      SECRET_MANAGER_EMULATOR_HOST: `127.0.0.1:${secrets}`,
    },
    port: storage,
    ended: () => running.ended,
    stop: () => running.stop(),
    kill: () => running.kill(),
    async restart() {
      await running.stop();
      running = await start();
    },
  };
}
