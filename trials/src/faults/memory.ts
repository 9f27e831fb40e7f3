import { readFileSync } from 'node:fs';
import type { Loop } from '@banknote-loop/local/loop';

const pageBytes = 4096;
const sampleEveryMs = 250;

/** The most memory that each function's process has held, in megabytes; nothing where the system does not tell. */
export type Peaks = ReadonlyMap<string, number>;

/** Samples the resident memory of every function until it is asked for the peaks. */
export function watchMemory(loop: Loop): () => Peaks {
  const peaks = new Map<string, number>();
  const sample = (): void => {
    for (const [name, { pid }] of loop.functions) {
      peaks.set(name, Math.max(peaks.get(name) ?? 0, residentMegabytes(pid)));
    }
  };
  sample();
  const timer = setInterval(sample, sampleEveryMs);
  return () => {
    clearInterval(timer);
    sample();
    return peaks;
  };
}

export function residentMegabytes(pid: number | undefined): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return (Number(pages) * pageBytes) / 1e6;
  } catch {
    // The process has just ended, or the system has no /proc.
    return 0;
  }
}
