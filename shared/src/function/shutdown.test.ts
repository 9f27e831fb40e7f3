import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process that has work in hand when something happens to it. */
async function run(happens: string) {
  const script = `
    import { createLogger } from '${join(import.meta.dirname, '../base/log.ts')}';
    import { endGracefully } from '${join(import.meta.dirname, 'shutdown.ts')}';
    const inFlight = endGracefully(createLogger('test'), async () => console.log('closed'));
    const { promise, resolve } = Promise.withResolvers();
    void inFlight.track(async () => {
      await promise;
      console.log('finished');
    });
    setTimeout(() => { ${happens} });
    setTimeout(() => {
      console.log(inFlight.stopping ? 'takes nothing new' : 'goes on');
      resolve();
    }, 50);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script]);
  const output: string[] = [];
  child.stdout.on('data', chunk => output.push(String(chunk)));
  const [code] = await once(child, 'close');
  return { code, output: output.join('') };
}

it('finishes what is in hand after an exception that nobody caught, and ends with an error', async () => {
  const { code, output } = await run("throw new Error('a defect')");
  expect(code).toBe(1);
  expect(output).toMatch(/"severity":"CRITICAL".*a defect[\s\S]*takes nothing new\nfinished\nclosed\n/);
});

it('goes on after a rejection that nobody handled, and logs it', async () => {
  const { code, output } = await run("Promise.reject(new Error('a lost promise'))");
  expect(code).toBe(0);
  expect(output).toMatch(/"severity":"ERROR".*a lost promise[\s\S]*goes on\nfinished\n$/);
});

it('finishes what is in hand when it is told to stop', async () => {
  const { code, output } = await run("process.kill(process.pid, 'SIGTERM')");
  expect(code).toBe(0);
  expect(output).toMatch(/takes nothing new\nfinished\nclosed\n/);
});
