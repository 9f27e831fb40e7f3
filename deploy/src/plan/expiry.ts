import { keepSettings } from '@banknote-loop/shared/expiry';
import { gcloud } from '../command.ts';
import { at } from '../faults.ts';
import { emailOf, type Site } from '../site.ts';
import { type CloudResource, isDescribedOurs, resource, type Step } from '../step.ts';

// What has been kept for as long as the settings say is taken out by one of the tools, which Cloud Scheduler runs at night.

const noun = ['scheduler', 'jobs'];

export function expiry(site: Site): readonly Step[] {
  const days = Object.keys(keepSettings.shape).filter(name => name.endsWith('_DAYS'));
  const isWanted = days.some(name => Reflect.get(site.settings, name) !== undefined);
  return isWanted ? [mayRunTools(site), nightly(site)] : [none(site)];
}

/** The job is run as the account that it works as, which may say what it does. */
function mayRunTools(site: Site): Step {
  return {
    kind: 'grant',
    title: 'Cloud Scheduler runs the tools',
    noun: ['run', 'jobs'],
    name: site.names.toolsJob,
    flags: [`--region=${site.settings.REGION}`],
    role: 'roles/run.jobsExecutorWithOverrides',
    members: [`serviceAccount:${emailOf(site, site.names.toolsJob)}`],
    exact: true,
  };
}

function nightly(site: Site): CloudResource {
  const { PROJECT_ID, REGION } = site.settings;
  const place = [nameOf(site), `--location=${REGION}`];
  const uri = `https://run.googleapis.com/v2/projects/${PROJECT_ID}/locations/${REGION}/jobs/${site.names.toolsJob}:run`;
  const body = JSON.stringify({ overrides: { containerOverrides: [{ args: ['scripts/keep.ts'] }] } });
  const account = emailOf(site, site.names.toolsJob);
  const flags = [
    ...['--schedule=17 2 * * *', '--time-zone=Etc/UTC', `--uri=${uri}`, '--http-method=post'],
    ...[`--message-body=${body}`, `--oauth-service-account-email=${account}`],
    `--description=${site.names.description}`,
  ];
  const update = gcloud(...noun, 'update', 'http', ...place, ...flags);
  return resource({
    title: `${nameOf(site)}, what has had its time goes every night`,
    look: gcloud(...noun, 'describe', ...place, '--format=json'),
    wants: {
      kind: 'fields',
      fields: {
        state: 'ENABLED',
        schedule: '17 2 * * *',
        timeZone: 'Etc/UTC',
        'httpTarget.uri': uri,
        'httpTarget.body': Buffer.from(body).toString('base64'),
        'httpTarget.oauthToken.serviceAccountEmail': account,
      },
    },
    create: [gcloud(...noun, 'create', 'http', ...place, ...flags)],
    change: found =>
      at(found, 'state') === 'PAUSED' ? [update, gcloud(...noun, 'resume', ...place)] : [update],
    remove: [gcloud(...noun, 'delete', ...place)],
    ours: isDescribedOurs(site),
  });
}

/** Nothing goes by itself where no setting says that it may. */
function none(site: Site): CloudResource {
  const { PROJECT_ID, REGION } = site.settings;
  const name = `projects/${PROJECT_ID}/locations/${REGION}/jobs/${nameOf(site)}`;
  return resource({
    title: 'nothing is taken out by itself',
    look: gcloud(...noun, 'list', `--location=${REGION}`, `--filter=name=${name}`, '--format=json'),
    wants: { kind: 'entry', fields: { name }, isAbsent: true },
    create: [],
    change: [gcloud(...noun, 'delete', nameOf(site), `--location=${REGION}`)],
  });
}

function nameOf({ names }: Site): string {
  return `${names.service}-keep`;
}
