import { describe } from '@banknote-loop/shared/base';

/** One thing that must be in order. */
export interface Check {
  readonly name: string;
  /** Says what was found; throws where something is wrong. */
  run(): Promise<string> | string;
  /** What to do then. */
  readonly remedy: string;
}

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  readonly text: string;
  readonly remedy: string;
}

/** Runs checks one after the other, whatever each of them finds. */
export async function* runChecks(checks: readonly Check[]): AsyncGenerator<CheckResult> {
  for (const { name, remedy, run } of checks) yield await runOne(name, remedy, run);
}

async function runOne(name: string, remedy: string, run: Check['run']): Promise<CheckResult> {
  try {
    return { name, ok: true, text: await run(), remedy };
  } catch (error) {
    return { name, ok: false, text: describe(error), remedy };
  }
}

/** For what is wrong in several places. */
export function expectNone(problems: readonly string[], otherwise: string): string {
  if (problems.length > 0) throw new Error(problems.join(' '));
  return otherwise;
}
