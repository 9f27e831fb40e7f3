import { join } from 'node:path';
import { styleText } from 'node:util';
import { functionsFolder } from '@banknote-loop/build/data-set';
import { watchFunctions } from '@banknote-loop/build/watch';
import { describe } from '@banknote-loop/shared/base';
import type { DataSet } from '@banknote-loop/shared/data-set';
import type { Loop } from './loop.ts';

/** Each function whose sources change is built and started again; the others go on. */
export function watch({ functions }: Loop, dataSet: DataSet) {
  const print = (line: string): void => console.log(styleText('yellow', `  ! ${line}`));
  const renew = async (name: string): Promise<void> => {
    const startedAt = performance.now();
    await functions.get(name)?.renew();
    print(
      `${name} has changed, and was started again in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
    );
  };
  let last = Promise.resolve();
  return watchFunctions({
    root: join(import.meta.dirname, '../..'),
    output: functionsFolder(dataSet),
    names: [...functions.keys()],
    // One change after another, so that no function is asked to end while it starts.
    onBuilt: names => {
      last = last
        .then(() => Promise.all(names.map(renew)))
        .then(
          () => {},
          error => print(describe(error)),
        );
    },
    onError: message => print(`not built: ${message}`),
  });
}
