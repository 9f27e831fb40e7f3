import { common, type GcloudCall, type GcloudHandlers, nameOf } from './call.ts';
import { CloudError, type SimulatedProject } from './simulated-project.ts';

const jobs = 'scheduler jobs';

function fieldsOf(call: GcloudCall): Record<string, unknown> {
  call.cloud.find('iam service-accounts', call.flag('oauth-service-account-email'));
  return {
    description: call.flag('description'),
    schedule: call.flag('schedule'),
    timeZone: call.flag('time-zone'),
    httpTarget: {
      uri: call.flag('uri'),
      httpMethod: call.flag('http-method').toUpperCase(),
      body: Buffer.from(call.flag('message-body')).toString('base64'),
      oauthToken: { serviceAccountEmail: call.flag('oauth-service-account-email') },
    },
  };
}

/** Cloud Scheduler: what calls an address at a time of the day. */
export const scheduler: GcloudHandlers = {
  ...common(jobs),
  [`${jobs} list`]: call => filtered(call.cloud, call.flag('filter')),
  [`${jobs} create http`]: call => {
    const name = `projects/${call.cloud.projectId}/locations/${call.flag('location')}/jobs/${nameOf(call)}`;
    call.cloud.make(jobs, nameOf(call), { name, state: 'ENABLED', ...fieldsOf(call) });
  },
  [`${jobs} update http`]: call => call.cloud.change(jobs, nameOf(call), fieldsOf(call)),
  [`${jobs} resume`]: call => {
    if (call.cloud.find(jobs, nameOf(call)).state !== 'PAUSED')
      throw new CloudError('FAILED_PRECONDITION: the job is not paused');
    call.cloud.change(jobs, nameOf(call), { state: 'ENABLED' });
  },
};

function filtered(cloud: SimulatedProject, filter: string) {
  const [, name] = /^name=(.+)$/.exec(filter) ?? [];
  return cloud.list(jobs).filter(job => name === undefined || job.name === name);
}
