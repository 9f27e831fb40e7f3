import type { AnyFunction } from '@banknote-loop/shared/http';
import { messagingSettings, processSettings, telemetrySettings } from '@banknote-loop/shared/resources';
import type { Environment } from './services.ts';

/** It is one function that may publish elsewhere; said to all of them, it would tear the loop apart. */
const forOneOnly = 'TOPIC_ID';

/** Of what is set, all that a function reads: the runner hands it on, and says so where it cannot. */
export function settingsFrom(
  given: NodeJS.ProcessEnv,
  functions: readonly AnyFunction[],
  print: (line: string) => void,
): Environment {
  const known = new Set(
    functions
      .flatMap(({ uses, settings }) => [
        ...Object.values(uses).map(resource => resource.settings),
        ...Object.values(settings).map(schema => schema.in),
      ])
      .concat(messagingSettings, telemetrySettings, processSettings)
      .flatMap(schema => Object.keys(schema.shape)),
  );
  if (given[forOneOnly]) print(`${forOneOnly} is for a single function, and is not handed on to all of them`);
  return Object.fromEntries(
    Object.entries(given).filter(
      (entry): entry is [string, string] => known.has(entry[0]) && entry[0] !== forOneOnly && !!entry[1],
    ),
  );
}
