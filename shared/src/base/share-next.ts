/**
 * Lets calls that wait for their turn share one piece of work. One is under way at a time; whoever calls meanwhile
 * waits for the next, together with all others who do, and gets what the first of them asked for. It is for work that
 * takes everything into account that is known when it begins, whoever asked.
 */
export function shareNext<Args extends readonly unknown[], Result>(
  work: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | undefined;
  return (...args) => {
    if (next) return next;
    const mine = underWay.then(() => {
      next = undefined;
      return work(...args);
    });
    next = mine;
    underWay = mine.catch(() => {});
    return mine;
  };
}
