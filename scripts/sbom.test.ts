import { listOfParts } from './sbom.ts';

interface Part {
  readonly name: string;
  readonly version: string;
}

it('lists all that is shipped, to the version, and nothing that is for development alone', () => {
  const { bomFormat, components, dependencies } = JSON.parse(listOfParts());
  const parts: readonly Part[] = components;
  expect(bomFormat).toBe('CycloneDX');
  const names = new Set(parts.map(({ name }) => name));
  // What functions work with, also where the repository's own tools need it, too.
  for (const name of [
    'pg',
    'ioredis',
    'zod',
    'jose',
    '@google-cloud/pubsub',
    '@google-cloud/storage',
    '@grpc/grpc-js',
  ]) {
    expect(names).toContain(name);
  }
  for (const name of ['jest', 'typescript', 'esbuild', '@biomejs/biome']) expect(names).not.toContain(name);
  const [pg] = parts.filter(({ name }) => name === 'pg');
  expect(pg).toMatchObject({ hashes: [{ alg: 'SHA-512' }], licenses: [{}] });
  expect(dependencies).toContainEqual(
    expect.objectContaining({
      ref: `pg@${pg?.version}`,
      dependsOn: expect.arrayContaining([expect.stringMatching(/^pg-pool@/)]),
    }),
  );
});
