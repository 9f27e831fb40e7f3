import { alternate, inFlight, percentile, spreadOf } from './measure.ts';

it('tells the middle value and how far the others lie apart', () => {
  expect(spreadOf([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5, samples: 3 });
  expect(spreadOf([4, 2]).median).toBe(3);
});

it('finds the value below which a share of the others lies', () => {
  const values = Array.from({ length: 101 }, (_, i) => i);
  expect([0, 0.5, 0.99, 1].map(share => percentile(values, share))).toEqual([0, 50, 99, 100]);
});

it('lets variants take turns, leaves the first round out, and compares them round by round', async () => {
  const turns: string[] = [];
  const answers = { slow: [9, 10, 30], fast: [9, 20, 60] };
  const variant = (name: keyof typeof answers) => async () => {
    turns.push(name);
    return answers[name].shift() ?? Number.NaN;
  };
  const series = await alternate(2, { slow: variant('slow'), fast: variant('fast') });
  expect(turns).toEqual(['slow', 'fast', 'fast', 'slow', 'slow', 'fast']);
  expect(series.spread('slow')).toMatchObject({ low: 10, high: 30 });
  expect(series.ratio('fast', 'slow')).toMatchObject({ low: 2, high: 2 });
});

it('has so many pieces of work under way and no more', async () => {
  let running = 0;
  let most = 0;
  const done: number[] = [];
  await inFlight(3, [1, 2, 3, 4, 5, 6, 7], async item => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    done.push(item);
    running -= 1;
  });
  expect(most).toBe(3);
  expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});
