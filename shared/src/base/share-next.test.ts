import { shareNext } from './share-next.ts';

/** Work that ends when it is told to. */
function controlled() {
  const begun: { readonly who: string; readonly end: (result: string) => void; readonly fail: () => void }[] =
    [];
  const shared = shareNext(
    (who: string) =>
      new Promise<string>((resolve, reject) =>
        begun.push({ who, end: resolve, fail: () => reject(new Error('failed')) }),
      ),
  );
  return { begun, shared };
}

const turn = () => new Promise(setImmediate);

it('begins at once, and lets all who call meanwhile share the next', async () => {
  const { begun, shared } = controlled();
  const first = shared('a');
  await turn();
  const others = ['b', 'c', 'd'].map(who => shared(who));
  await turn();
  expect(begun.map(({ who }) => who)).toEqual(['a']);

  begun[0]?.end('one');
  await expect(first).resolves.toBe('one');
  await turn();
  expect(begun.map(({ who }) => who)).toEqual(['a', 'b']);
  begun[1]?.end('two');
  await expect(Promise.all(others)).resolves.toEqual(['two', 'two', 'two']);
});

it('tells a failure to those who shared it, and goes on with the next', async () => {
  const { begun, shared } = controlled();
  const first = shared('a');
  await turn();
  const second = shared('b');
  begun[0]?.fail();
  await expect(first).rejects.toThrow('failed');
  await turn();
  begun[1]?.end('two');
  await expect(second).resolves.toBe('two');
});
