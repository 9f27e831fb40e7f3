import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whatever takes gcloud's command lines: the real one, or one that only keeps state. */
export type Gcloud = (args: readonly string[], input?: string) => Promise<CommandResult>;

/** The gcloud that is installed. */
export const installedGcloud: Gcloud = async (args, input) => {
  const child = spawn('gcloud', args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing is asked half-way, and nothing is coloured or paged.
    env: { ...process.env, CLOUDSDK_CORE_DISABLE_PROMPTS: '1' },
  });
  // A command that ends without having read its input says by its exit code why.
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  const ended = new Promise<number>((resolve, reject) => {
    child.on('error', cause =>
      reject(
        new Error(
          'gcloud is not installed, or not on the PATH: see https://cloud.google.com/sdk/docs/install.',
          { cause },
        ),
      ),
    );
    child.on('close', code => resolve(code ?? 1));
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
};

/** Each command of gcloud has a sentence of its own for it. */
const absent =
  /\b(404|not[ _]found|does not exist|no instance found|cannot find|does not contain a rule|has not been used|SERVICE_DISABLED|not enabled)\b/i;
/**
 * What was made a moment ago may take minutes to be known everywhere: an account or a role of one that others work as,
 * an API, a metric. What the caller may not do is denied for good.
 */
const notYet = [
  /try again (soon|later)|take (a few|several|up to \d+) minutes|wait a few minutes/i,
  /(service ?account|service agent|identity|member|principal).{0,200}(does not exist|not found|invalid)/is,
  /(service ?account|service agent|loop-[\w-]+@|gcp-sa-[\w-]+\.).{0,200}(permission|access)/is,
  /(permission|access).{0,200}(service ?account|service agent|loop-[\w-]+@|gcp-sa-[\w-]+\.)/is,
];

/** Said of whoever runs the commands, also where that is a service account. */
const deniedToCaller =
  /User \[[^\]]+\] does not have|the caller does not have|Permission '[\w.]+' denied on resource/i;

/** What it means that a command which looks for something failed. */
export function isAbsent({ stderr }: CommandResult): boolean {
  return absent.test(stderr);
}

/** Whether a command that changes something may succeed if it is tried again a little later. */
export function mayPass({ stderr }: CommandResult): boolean {
  return !deniedToCaller.test(stderr) && notYet.some(one => one.test(stderr));
}

/** A gcloud command failed, and trying again will not help. */
export class GcloudError extends Error {
  override readonly name = 'GcloudError';

  constructor(line: string, { code, stderr }: CommandResult) {
    super(`This command failed with code ${code}:\n  ${line}\n${stderr.trim().replace(/^/gm, '  ')}`);
  }
}
