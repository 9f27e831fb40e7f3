import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

// There may be no docker where the tests run: what can be said of these files without one is said here.

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const command = z.union([z.string(), z.array(z.string())]).transform(words => [words].flat().join(' '));

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.strictObject({
        image: z.string().optional(),
        build: z.strictObject({ context: z.literal('.'), target: z.string() }).optional(),
        command: command.optional(),
        environment: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
        ports: z.array(z.string()).optional(),
        volumes: z.array(z.string()).optional(),
        network_mode: z.string().optional(),
        healthcheck: z
          .object({ test: z.array(z.string()) })
          .loose()
          .optional(),
        depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
      }),
    ),
    volumes: z.record(z.string(), z.unknown()),
  })
  .parse(parse(read('compose.yaml')));

const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const stages = Array.from(dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm), ([, name = '']) => name);

describe('compose.yaml', () => {
  it('builds stages that there are, and starts scripts that there are', () => {
    for (const [, { build, command = '' }] of services) {
      if (build) expect(stages).toContain(build.target);
      for (const [script] of command.matchAll(/\S+\.ts\b/g))
        expect(existsSync(join(root, script))).toBe(true);
    }
  });

  it('waits only for services that there are, and for their health only where it is checked', () => {
    for (const [, { depends_on = {}, network_mode }] of services) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services).toHaveProperty(name);
        if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
      }
      if (network_mode) expect(compose.services).toHaveProperty(network_mode.replace('service:', ''));
    }
  });

  it('opens nothing to other machines', () => {
    for (const port of services.flatMap(([, { ports = [] }]) => ports))
      expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('Dockerfile', () => {
  it('runs as somebody other than root, and lets Node.js hear the signals', () => {
    for (const stage of dockerfile.split(/^FROM /m).filter(text => text.includes('\nCMD '))) {
      expect(stage).toContain('\nUSER node\n');
      expect(stage).toMatch(/CMD \["(node"|sh", "-c", "exec node)/);
    }
  });

  it('never gets the settings or what was built elsewhere', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const path of ['env-vars.yaml', 'dist', 'node_modules', '.git', '.loop'])
      expect(ignored).toContain(path);
  });
});

describe('builds of images', () => {
  const config = z.object({
    steps: z.array(z.object({ args: z.array(z.string()) }).loose()),
    images: z.array(z.literal('$_IMAGE')),
    options: z.object({ logging: z.literal('CLOUD_LOGGING_ONLY') }),
  });

  it.each(['function', 'tools'])('push what they make, and log where their account may: %s', name => {
    const { steps } = config.parse(parse(read(`deploy/images/${name}.yaml`)));
    expect(JSON.stringify(steps)).toContain('$_IMAGE');
  });

  it('take a stage that there is', () => {
    const [, target = ''] = /--target=(\w+)/.exec(read('deploy/images/tools.yaml')) ?? [];
    expect(stages).toContain(target);
  });
});

describe('continuous delivery', () => {
  const steps = z.object({ steps: z.array(z.object({ id: z.string(), script: z.string() }).loose()) });
  const workflow = z.object({
    jobs: z.record(
      z.string(),
      steps.partial().extend({ steps: z.array(z.looseObject({ run: z.string().optional() })) }),
    ),
  });
  const runsOf = (file: string) =>
    Object.values(workflow.parse(parse(read(file))).jobs).flatMap(job =>
      job.steps.flatMap(({ run }) => run ?? []),
    );

  it('tests before it deploys, in Cloud Build', () => {
    const { steps: all } = steps.parse(parse(read('cloudbuild.yaml')));
    expect(all.map(({ id }) => id)).toEqual(['install', 'check', 'test', 'deploy']);
  });

  it('runs on GitHub what anybody runs, and deploys without a key', () => {
    expect(runsOf('.github/workflows/check.yaml')).toEqual(['npm run check', 'npm test']);
    expect(runsOf('.github/workflows/deploy.yaml')).toContain('npm run deploy');
    expect(read('.github/workflows/deploy.yaml')).not.toMatch(/credentials_json|secrets\./);
  });

  // Whoever takes an action's repository over can move its tags, but make no other content of the same hash.
  it.each(['check', 'deploy'])('takes actions of others by the hash of their content only: %s', name => {
    const used = Array.from(read(`.github/workflows/${name}.yaml`).matchAll(/uses: (.*)/g), ([, one]) => one);
    expect(used.length).toBeGreaterThan(1);
    expect(used.filter(one => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one ?? ''))).toEqual([]);
  });
});
