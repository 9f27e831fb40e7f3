import { invalidArgument } from '../rpc/rpc-error.ts';

const parentPattern = /^projects\/[^/]+$/;
const secretPattern = /^projects\/[^/]+\/secrets\/[^/]+$/;
const versionPattern = /^(?<secret>projects\/[^/]+\/secrets\/[^/]+)\/versions\/(?<version>latest|[1-9]\d*)$/;
const idPattern = /^[A-Za-z0-9_-]{1,255}$/;

export function checkedParent(parent: string): string {
  if (parentPattern.test(parent)) return parent;
  throw invalidArgument(`"${parent}" is not a parent. Write projects/PROJECT.`);
}

/** The full name of a new secret. */
export function secretName(parent: string, id: string): string {
  checkedParent(parent);
  if (!idPattern.test(id)) {
    throw invalidArgument(
      `"${id}" is not a secret id. Use 1 to 255 letters, digits, hyphens and underscores.`,
    );
  }
  return `${parent}/secrets/${id}`;
}

export function checkedSecretName(name: string): string {
  if (secretPattern.test(name)) return name;
  throw invalidArgument(`"${name}" is not the name of a secret. Write projects/PROJECT/secrets/SECRET.`);
}

export interface VersionName {
  readonly secret: string;
  readonly version: number | 'latest';
}

export function parseVersionName(name: string): VersionName {
  const { secret, version } = versionPattern.exec(name)?.groups ?? {};
  if (secret === undefined || version === undefined) {
    throw invalidArgument(
      `"${name}" is not the name of a version. Write projects/PROJECT/secrets/SECRET/versions/NUMBER, or latest.`,
    );
  }
  return { secret, version: version === 'latest' ? 'latest' : Number(version) };
}
