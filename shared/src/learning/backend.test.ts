import process from 'node:process';
import { backendNames, chooseBackend } from './backend.ts';

describe('chooseBackend', () => {
  it('takes the best that works here, and says why not a better one', async () => {
    const { name, passedOver, tf } = await chooseBackend();
    expect(tf.getBackend()).toBe(name);
    expect(passedOver).toHaveLength(backendNames.indexOf(name));
    expect(await chooseBackend()).toMatchObject({ name, passedOver });
  });

  it.each(['wasm', 'cpu'] as const)('takes %s when told to', async name => {
    const { tf } = await chooseBackend(name);
    expect(tf.getBackend()).toBe(name);
  });

  it('leaves the handlers of uncaught errors as they were', async () => {
    const handlers = () => [process.listeners('uncaughtException'), process.listeners('unhandledRejection')];
    const before = handlers();
    await chooseBackend('wasm');
    expect(handlers()).toEqual(before);
  });
});
