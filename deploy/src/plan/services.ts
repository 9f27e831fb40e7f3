import type { EventFunction } from '@banknote-loop/shared/function';
import type { AnyFunction } from '@banknote-loop/shared/http';
import { dictionary, gcloud } from '../command.ts';
import { environmentOf } from '../environment.ts';
import { pinCommand } from '../rollback.ts';
import { accountId, artefactOf, emailOf, needsOf, type Site } from '../site.ts';
import { type CloudResource, type Fields, isLabelledOurs, labelOf, resource, type Step } from '../step.ts';
import { containerFields, limitFields } from './container.ts';
import { attachment } from './delivery.ts';
import { functionImage, imageOf } from './images.ts';
import { egressFields, egressFlags } from './network.ts';

// The same functions as containers: built once, kept in Artifact Registry, and run as services.

/** A service and its image, and the trigger that brings its messages. */
export function serviceSteps(site: Site, definition: AnyFunction): readonly Step[] {
  const steps = [functionImage(site, definition), service(site, definition)];
  if (definition.kind !== 'event') return steps;
  const ofEvents = trigger(site, definition);
  return [...steps, ofEvents, attachment(site, definition, ofEvents.remake)];
}

function service(site: Site, definition: AnyFunction): CloudResource {
  const { settings } = site;
  const { name } = definition;
  const needs = needsOf(site, definition);
  const region = `--region=${settings.REGION}`;
  const deploy = gcloud(
    ...['run', 'deploy', name, `--image=${imageOf(site, name)}`, region],
    `--service-account=${emailOf(site, accountId(definition))}`,
    ...[`--memory=${needs.memory}`, `--cpu=${needs.cpu}`, `--concurrency=${needs.concurrency}`],
    ...[`--min-instances=${needs.minInstances}`, `--max-instances=${needs.maxInstances}`],
    ...[`--timeout=${needs.timeoutSeconds}`, `--ingress=${ingressOf(definition)}`],
    ...egressFlags(site),
    `--set-env-vars=${dictionary(environmentOf(settings, definition))}`,
    `--labels=${labelOf(site)},artefact=${artefactOf(site, name)}`,
    ...['--clear-secrets', '--no-allow-unauthenticated'],
  );
  const pin = settings.TRIAL_MINUTES > 0 ? [pinCommand(site, definition)] : [];
  return resource({
    title: `service ${name}`,
    look: gcloud('run', 'services', 'describe', name, region, '--format=json'),
    wants: {
      kind: 'fields',
      fields: serviceFields(site, definition),
      only: ['spec.template.spec.containers.0.env'],
    },
    // A function that was deployed from source is not turned into a service by itself.
    fixed: { 'metadata.labels': { 'goog-managed-by': '' } },
    create: [deploy],
    change: [...pin, deploy],
    remove: [gcloud('run', 'services', 'delete', name, region)],
    ours: { kind: 'fields', fields: { 'metadata.labels': { 'made-by': site.names.mark } } },
  });
}

function serviceFields(site: Site, definition: AnyFunction): Fields {
  const { name } = definition;
  const needs = needsOf(site, definition);
  const template = 'spec.template.spec';
  return {
    'metadata.labels': { artefact: artefactOf(site, name), 'made-by': site.names.mark },
    'metadata.annotations': { 'run.googleapis.com/ingress': ingressOf(definition) },
    'spec.template.metadata.annotations': {
      'autoscaling.knative.dev/maxScale': needs.maxInstances,
      'autoscaling.knative.dev/minScale': needs.minInstances,
      ...egressFields(site),
    },
    [`${template}.serviceAccountName`]: emailOf(site, accountId(definition)),
    [`${template}.containerConcurrency`]: needs.concurrency,
    [`${template}.timeoutSeconds`]: needs.timeoutSeconds,
    ...containerFields(template, imageOf(site, name), environmentOf(site.settings, definition)),
    ...limitFields(template, needs),
  };
}

function ingressOf({ kind }: AnyFunction): string {
  return kind === 'event' ? 'internal' : 'all';
}

function trigger(site: Site, definition: EventFunction): CloudResource {
  const { PROJECT_ID, REGION } = site.settings;
  const { name, on } = definition;
  const place = [name, `--location=${REGION}`];
  const topic = `projects/${PROJECT_ID}/topics/${on.name}`;
  const create = gcloud(
    ...['eventarc', 'triggers', 'create', ...place],
    ...[`--destination-run-service=${name}`, `--destination-run-region=${REGION}`],
    ...['--event-filters=type=google.cloud.pubsub.topic.v1.messagePublished', `--transport-topic=${topic}`],
    ...[`--service-account=${emailOf(site, accountId(definition))}`, `--labels=${labelOf(site)}`],
  );
  const remove = gcloud('eventarc', 'triggers', 'delete', ...place);
  return resource({
    title: `trigger of ${name}`,
    look: gcloud('eventarc', 'triggers', 'describe', ...place, '--format=json'),
    fixed: {
      'transport.pubsub.topic': topic,
      'destination.cloudRun.service': name,
      serviceAccount: emailOf(site, accountId(definition)),
    },
    create: [create],
    change: [],
    remake: [remove, create],
    remove: [remove],
    ours: isLabelledOurs(site),
  });
}
