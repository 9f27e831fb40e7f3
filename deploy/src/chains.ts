import type { Stage } from './plan.ts';
import type { Step } from './step.ts';

/** gcloud takes memory, and its users have quotas. */
const maxChains = 6;

/**
 * Walks through the stages of a plan, with all chains of a stage at the same time. A chain ends at its first failure;
 * the others of its stage go on, since what they make need not be made again. The failures come back.
 */
export async function walk(
  stages: readonly Stage[],
  visit: (step: Step) => Promise<void>,
  options: { readonly onStage?: (title: string) => void; readonly stopAtFailure: boolean },
): Promise<readonly Error[]> {
  const failures: Error[] = [];
  for (const { title, chains } of stages) {
    if (options.stopAtFailure && failures.length > 0) break;
    options.onStage?.(title);
    await inParallel(chains, async chain => {
      for (const step of chain) {
        try {
          await visit(step);
        } catch (error) {
          failures.push(error instanceof Error ? error : new Error(String(error)));
          if (options.stopAtFailure) return;
        }
      }
    });
  }
  return failures;
}

/** The same steps from the last to the first. */
export function reversed(stages: readonly Stage[]): readonly Stage[] {
  return stages
    .map(({ title, chains }) => ({ title, chains: chains.map(chain => chain.toReversed()) }))
    .toReversed();
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: maxChains }, worker));
}
