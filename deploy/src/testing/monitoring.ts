import { z } from 'zod';
import { type Call, common, type Handlers, nameOf } from './call.ts';
import { CloudError } from './cloud.ts';

const content = z.looseObject({ displayName: z.string().optional() });

/** What the command reads from standard input, which the flag names. */
function fileOf(call: Call, flag: string) {
  if (call.flag(flag) !== '-') throw new CloudError(`INVALID_ARGUMENT: there is no file ${call.flag(flag)}`);
  return content.parse(JSON.parse(call.input));
}

/** Things that Google gives a name, and that are found by their title. */
function titled(noun: string, parent: string, flag: string): Handlers {
  return {
    ...common(noun),
    [`${noun} create`]: call => {
      const given = fileOf(call, flag);
      const name = `projects/123456789/${parent}/${call.cloud.list(noun).length + 1}`;
      call.cloud.make(noun, name, { ...given, name });
    },
    [`${noun} update`]: call => call.cloud.change(noun, nameOf(call), fileOf(call, flag)),
    [`${noun} list`]: call => {
      const [, title] = /^displayName="(.*)"$/.exec(call.flag('filter')) ?? [];
      return call.cloud.list(noun).filter(one => one.displayName === title);
    },
  };
}

const metrics = 'logging metrics';

export const monitoring: Handlers = {
  ...common(metrics),
  [`${metrics} create`]: call => {
    const given = fileOf(call, 'config-from-file');
    if (given.name !== nameOf(call)) throw new CloudError('INVALID_ARGUMENT: the names differ');
    call.cloud.make(metrics, nameOf(call), given);
  },
  [`${metrics} update`]: call => call.cloud.change(metrics, nameOf(call), fileOf(call, 'config-from-file')),
  ...titled('monitoring dashboards', 'dashboards', 'config-from-file'),
  ...titled('alpha monitoring policies', 'alertPolicies', 'policy-from-file'),
};
