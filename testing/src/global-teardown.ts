import { rmSync } from 'node:fs';
import { takeForTeardown } from './services.ts';

export default async function tearDown(): Promise<void> {
  const { folder, postgres, redis } = takeForTeardown();
  await Promise.all([postgres.stop(), redis.stop()]);
  rmSync(folder, { recursive: true, force: true });
}
