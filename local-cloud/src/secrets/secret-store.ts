import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { alreadyExists, notFound } from '../rpc/rpc-error.ts';
import type { VersionName } from './names.ts';

const versionSchema = z.object({
  number: z.int().positive(),
  created: z.iso.datetime(),
  state: z.enum(['ENABLED', 'DISABLED', 'DESTROYED']),
  destroyed: z.iso.datetime().optional(),
  /** Base64; empty once destroyed. */
  data: z.base64(),
});
const secretSchema = z.object({
  created: z.iso.datetime(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()).default({}),
  /** Where it was asked to be; everywhere when it is left out. */
  locations: z.array(z.string()).optional(),
  /** Oldest first, so that the version with number n stands at n - 1. */
  versions: z.array(versionSchema),
});
const fileSchema = z.record(z.string(), secretSchema);

export type StoredVersion = z.infer<typeof versionSchema>;
export type StoredSecret = z.infer<typeof secretSchema>;

/** All secrets, in one file that only its owner can read. Every change is on disk before it is answered. */
export class SecretStore {
  readonly #file: string;
  readonly #secrets: Map<string, StoredSecret>;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = path.join(folder, 'secrets.json');
    this.#secrets = new Map(existsSync(this.#file) ? Object.entries(readSecrets(this.#file)) : []);
  }

  create(
    name: string,
    description: Pick<StoredSecret, 'labels' | 'annotations' | 'locations'>,
  ): StoredSecret {
    if (this.#secrets.has(name)) throw alreadyExists(`Secret [${name}] already exists.`);
    return this.#put(name, { created: now(), ...description, versions: [] });
  }

  update(name: string, change: Partial<Pick<StoredSecret, 'labels' | 'annotations'>>): StoredSecret {
    return this.#put(name, { ...this.secret(name), ...change });
  }

  secret(name: string): StoredSecret {
    const secret = this.#secrets.get(name);
    if (!secret) throw notFound(`Secret [${name}] not found.`);
    return secret;
  }

  secretsOf(parent: string): [name: string, secret: StoredSecret][] {
    return [...this.#secrets].filter(([name]) => name.startsWith(`${parent}/secrets/`));
  }

  delete(name: string): void {
    this.secret(name);
    this.#secrets.delete(name);
    this.#save();
  }

  addVersion(name: string, data: Buffer): StoredVersion {
    const secret = this.secret(name);
    const number = secret.versions.length + 1;
    const version: StoredVersion = {
      number,
      created: now(),
      state: 'ENABLED',
      data: data.toString('base64'),
    };
    this.#put(name, { ...secret, versions: [...secret.versions, version] });
    return version;
  }

  version({ secret, version }: VersionName): StoredVersion {
    const { versions } = this.secret(secret);
    const found = version === 'latest' ? versions.at(-1) : versions[version - 1];
    if (!found) throw notFound(`Secret Version [${secret}/versions/${version}] not found.`);
    return found;
  }

  changeVersion(name: VersionName, change: (version: StoredVersion) => StoredVersion): StoredVersion {
    const before = this.version(name);
    const after = change(before);
    const secret = this.secret(name.secret);
    const versions = secret.versions.map(version => (version === before ? after : version));
    this.#put(name.secret, { ...secret, versions });
    return after;
  }

  #put(name: string, secret: StoredSecret): StoredSecret {
    this.#secrets.set(name, secret);
    this.#save();
    return secret;
  }

  #save(): void {
    const unfinished = `${this.#file}.unfinished`;
    writeFileSync(unfinished, JSON.stringify(Object.fromEntries(this.#secrets)), { mode: 0o600 });
    renameSync(unfinished, this.#file);
  }
}

function readSecrets(file: string): z.infer<typeof fileSchema> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new Error(`${file} is not a file of secrets. Delete it to start without secrets.`, { cause });
  }
}

function now(): string {
  return new Date().toISOString();
}
