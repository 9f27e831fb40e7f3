import { at } from '../faults.ts';
import type { CommandResult, Gcloud } from '../gcloud.ts';
import { admit } from './access.ts';
import { type Arguments, parseArguments } from './arguments.ts';
import type { GcloudHandler, GcloudHandlers } from './call.ts';
import { databases } from './databases.ts';
import { frontDoor } from './front-door.ts';
import { functions } from './functions.ts';
import { messaging } from './messaging.ts';
import { monitoring } from './monitoring.ts';
import { network } from './network.ts';
import { projects } from './projects.ts';
import { run } from './run.ts';
import { scheduler } from './scheduler.ts';
import { CloudError, type SimulatedProject } from './simulated-project.ts';
import { secrets, storage } from './storage.ts';

const handlers: GcloudHandlers = {
  ...projects,
  ...messaging,
  ...secrets,
  ...storage,
  ...network,
  ...databases,
  ...functions,
  ...run,
  ...frontDoor,
  ...monitoring,
  ...scheduler,
};

const reading = /(^| )(describe|list|get-iam-policy|access|read|print-identity-token)( |$)/;

/** Whether a command leaves everything as it is. */
export function isReading(args: readonly string[]): boolean {
  return reading.test(parseArguments(args).words.join(' '));
}

/** A gcloud that knows the commands of the plan, and does to a simulated project what they say. */
export function simulatedGcloud(cloud: SimulatedProject): Gcloud {
  return async (args, input = '') => {
    try {
      return { code: 0, stdout: perform(cloud, args, input), stderr: '' };
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return { code: 1, stdout: '', stderr: `ERROR: (gcloud) ${error.message}` } satisfies CommandResult;
    }
  };
}

function perform(cloud: SimulatedProject, args: readonly string[], input: string): string {
  const leftOver = args.find(arg => arg.includes('${'));
  if (leftOver) throw new Error(`A value was not filled in: ${leftOver}`);
  const given = parseArguments(args);
  if (given.flags.get('project') !== cloud.projectId) throw new Error(`No project: ${args.join(' ')}`);
  admit(cloud, given.words);
  const printed = changePolicy(cloud, given) ?? carryOut(cloud, given, input);
  const most = Number(given.flags.get('limit') ?? Number.POSITIVE_INFINITY);
  const shown = Array.isArray(printed) ? printed.slice(0, most) : printed;
  return format(shown, given.flags.get('format') ?? '');
}

/** Policies work alike on everything. */
function changePolicy(cloud: SimulatedProject, { words, flags }: Arguments): unknown {
  const verb = words.findIndex(word => word.endsWith('-iam-policy') || word.endsWith('-iam-policy-binding'));
  if (verb < 0) return undefined;
  const [noun, name] = policyOf(
    words.slice(0, verb).join(' '),
    words[verb + 1] ?? flags.get('service') ?? '',
  );
  const [role, member] = [flags.get('role') ?? '', flags.get('member') ?? ''];
  switch (words[verb]) {
    case 'get-iam-policy':
      return cloud.policy(noun, name);
    case 'add-iam-policy-binding': {
      mustExist(cloud, member);
      if (noun === 'secrets') cloud.find(noun, name);
      cloud.bind(noun, name, role, member);
      return cloud.policy(noun, name);
    }
    default:
      cloud.unbind(noun, name, role, member);
      return cloud.policy(noun, name);
  }
}

/** Those of the Identity-Aware Proxy are on what is behind it. */
function policyOf(noun: string, name: string): readonly [string, string] {
  return [noun === 'iap web' ? 'compute backend-services' : noun, name];
}

/** Nobody can be given a role who is not there; that of Google's own agents of a service, too. */
function mustExist(cloud: SimulatedProject, member: string): void {
  const [, account = ''] = /^serviceAccount:(loop-.*)$/.exec(member) ?? [];
  const [, agent = ''] = /@gcp-sa-(pubsub|eventarc|iap)\./.exec(member) ?? [];
  if ((account && !cloud.has('iam service-accounts', account)) || (agent && !cloud.has('agents', agent))) {
    throw new CloudError(`INVALID_ARGUMENT: Service account ${account || member} does not exist.`);
  }
}

function carryOut(cloud: SimulatedProject, { words, flags }: Arguments, input: string): unknown {
  const [command, handler] = findHandler(words);
  return handler({
    cloud,
    input,
    rest: words.slice(command.split(' ').length),
    flag: name => flags.get(name) ?? '',
    has: name => flags.has(name),
  });
}

function findHandler(words: readonly string[]): readonly [string, GcloudHandler] {
  for (let length = words.length; length > 0; length -= 1) {
    const command = words.slice(0, length).join(' ');
    const handler = handlers[command];
    if (handler) return [command, handler];
  }
  throw new Error(`The simulation does not know "gcloud ${words.join(' ')}".`);
}

function format(printed: unknown, how: string): string {
  if (printed === undefined || how === 'none') return '';
  const [, path] = /^value\((.*)\)$/.exec(how) ?? [];
  const raw = at(printed, 'payload') ?? at(printed, 'token');
  // A secret, a token and log lines are printed as they are.
  if (raw !== undefined) return String(raw);
  if (!path) return JSON.stringify(printed);
  const lines = (Array.isArray(printed) ? printed : [printed]).map(one => valueAt(one, path));
  return lines.map(line => `${line}\n`).join('');
}

function valueAt(one: unknown, path: string): unknown {
  const [, time] = /^(\w+)\.date\('%s'\)$/.exec(path) ?? [];
  if (time) return Math.floor(Date.parse(String(at(one, time))) / 1000);
  return (
    at(
      one,
      path.replace(/\[(\d*)\]/g, (_, place) => `.${place || 0}`),
    ) ?? ''
  );
}
