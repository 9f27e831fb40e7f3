import { z } from 'zod';
import { common, type GcloudCall, type GcloudHandlers, labelsOf, nameOf } from './call.ts';
import { CloudError } from './simulated-project.ts';

const content = z.looseObject({ displayName: z.string().optional() });

/** What the command reads from standard input, which the flag names. */
function fileOf(call: GcloudCall, flag: string) {
  if (call.flag(flag) !== '-') throw new CloudError(`INVALID_ARGUMENT: there is no file ${call.flag(flag)}`);
  return content.parse(JSON.parse(call.input));
}

/** Things that Google gives a name, and that are found by their title. */
function titled(noun: string, parent: string, flag: string): GcloudHandlers {
  return {
    ...common(noun),
    [`${noun} create`]: call => {
      const given = fileOf(call, flag);
      mustKnowMetrics(call, given);
      const numbers = call.cloud.list(noun).map(one => Number(String(one.name).split('/').at(-1)));
      const name = `projects/123456789/${parent}/${Math.max(0, ...numbers) + 1}`;
      call.cloud.make(noun, name, { ...given, name });
    },
    [`${noun} update`]: call => {
      const added = call.flag('add-notification-channels');
      if (!added) return replace(call, noun, fileOf(call, flag));
      for (const name of added.split(',')) call.cloud.find(channels, name);
      return call.cloud.change(noun, nameOf(call), { notificationChannels: added.split(',') });
    },
    [`${noun} list`]: call => {
      const [, title] = /^displayName="(.*)"$/.exec(call.flag('filter')) ?? [];
      return call.cloud.list(noun).filter(one => one.displayName === title);
    },
  };
}

/** What the file does not say is gone, but for the name that Google gave, and for channels that are named beside it. */
function replace(call: GcloudCall, noun: string, file: object): void {
  if (call.has('fields'))
    throw new CloudError('argument --fields: must be one of [disabled, notificationChannels]');
  const { name } = call.cloud.find(noun, nameOf(call));
  const kept = call.flag('set-notification-channels');
  call.cloud.state.resources[`${noun} ${name}`] = {
    ...file,
    name,
    ...(kept && { notificationChannels: kept.split(',') }),
  };
}

const channels = 'beta monitoring channels';
const metrics = 'logging metrics';
const metricIsKnownAfterMs = 300_000;

/** A metric of log lines is known to Cloud Monitoring only minutes after it was made. */
function mustKnowMetrics(call: GcloudCall, given: object): void {
  if (!('conditions' in given)) return;
  const text = JSON.stringify(given);
  for (const [, name = ''] of text.matchAll(/logging\.googleapis\.com\/user\/([\w.-]+)/g)) {
    if (call.cloud.has(metrics, name) && call.cloud.ageMs(`${metrics} ${name}`) >= metricIsKnownAfterMs)
      continue;
    throw new CloudError(
      `NOT_FOUND: Cannot find metric(s) that match type = "logging.googleapis.com/user/${name}". ` +
        'If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.',
    );
  }
}

const sinks = 'logging sinks';

function exclusionsOf(call: GcloudCall): readonly Record<string, unknown>[] {
  const { exclusions } = call.cloud.find(sinks, nameOf(call));
  return Array.isArray(exclusions) ? exclusions : [];
}

function updateSink(call: GcloudCall): void {
  const before = exclusionsOf(call);
  const [, name = '', filter = ''] =
    /^name=([^,]*),filter=(.*)$/.exec(call.flag('add-exclusion') || call.flag('update-exclusion')) ?? [];
  if (call.has('update-exclusion') && !before.some(one => one.name === name)) {
    throw new CloudError(`INVALID_ARGUMENT: there is no exclusion ${name}`);
  }
  const gone = call.flag('remove-exclusions') || name;
  const exclusions = [...before.filter(one => one.name !== gone), ...(name ? [{ name, filter }] : [])];
  call.cloud.change(sinks, nameOf(call), { exclusions });
  if (exclusions.length === 0) delete call.cloud.find(sinks, nameOf(call)).exclusions;
}

export const monitoring: GcloudHandlers = {
  ...common(metrics),
  [`${metrics} create`]: call => {
    const given = fileOf(call, 'config-from-file');
    if (given.name !== nameOf(call)) throw new CloudError('INVALID_ARGUMENT: the names differ');
    call.cloud.make(metrics, nameOf(call), given);
  },
  // What is not said again is what it is by default.
  [`${metrics} update`]: call => {
    call.cloud.find(metrics, nameOf(call));
    call.cloud.state.resources[`${metrics} ${nameOf(call)}`] = fileOf(call, 'config-from-file');
  },
  [`${channels} delete`]: call => call.cloud.remove(channels, nameOf(call)),
  [`${channels} update`]: call => call.cloud.change(channels, nameOf(call), { enabled: call.has('enabled') }),
  [`${channels} create`]: call => {
    const name = `projects/p/notificationChannels/${call.cloud.list(channels).length + 1}`;
    call.cloud.make(channels, name, {
      name,
      enabled: true,
      displayName: call.flag('display-name'),
      labels: labelsOf(call, 'channel-labels'),
      userLabels: labelsOf(call, 'user-labels'),
    });
  },
  [`${channels} list`]: call => {
    const [, title] = /^displayName="(.*)"$/.exec(call.flag('filter')) ?? [];
    return call.cloud.list(channels).filter(one => one.displayName === title);
  },
  ...common(sinks),
  [`${sinks} update`]: updateSink,
  ...titled('monitoring dashboards', 'dashboards', 'config-from-file'),
  ...titled('alpha monitoring policies', 'alertPolicies', 'policy-from-file'),
};
