/** Gives the seconds of wall clock since it was last asked. */
export function startStopwatch(startedAt: number): () => number {
  let last = startedAt;
  return () => {
    const now = performance.now();
    const seconds = (now - last) / 1000;
    last = now;
    return seconds;
  };
}
