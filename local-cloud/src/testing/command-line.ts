import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Whether this machine has a command: it is asked something that it only answers when it is there. */
export function has(command: string, ...question: readonly string[]): boolean {
  try {
    execFileSync(command, question, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Keeps gcloud to settings of its own below the folder, and from asking anybody anything. */
export function gcloudSettings(folder: string): Record<string, string> {
  return {
    CLOUDSDK_CONFIG: path.join(folder, 'gcloud'),
    CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
    CLOUDSDK_CORE_DISABLE_PROMPTS: '1',
    CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
    CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK: 'true',
  };
}
