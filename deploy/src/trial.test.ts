import { planOf } from './plan.ts';
import type { Site } from './site.ts';
import { simulatedGcloud } from './testing/simulated-gcloud.ts';
import type { SimulatedProject } from './testing/simulated-project.ts';
import { simulation, testProject, testSite } from './testing/site.ts';
import { worse } from './trial.ts';
import { up } from './up.ts';

const line = (revision_name: string, status: number, seconds: number) => ({
  resource: { labels: { revision_name } },
  httpRequest: { status, latency: `${seconds}s` },
});
const many = (count: number, revision: string, status: number, seconds: number) =>
  Array.from({ length: count }, () => line(revision, status, seconds));

describe('what is new', () => {
  const before = many(1_000, 'old', 200, 0.1);

  it.each([
    ['does as well', [...before, ...many(60, 'new', 200, 0.1)], undefined],
    ['has not been asked', before, undefined],
    ['fails once by chance', [...before, ...many(60, 'new', 200, 0.1), line('new', 500, 0.1)], undefined],
    [
      'fails often',
      [...before, ...many(60, 'new', 200, 0.1), ...many(5, 'new', 500, 0.1)],
      /7.7 % .* instead of 0.0 %/,
    ],
    [
      'fails as often as before',
      [
        ...many(90, 'old', 200, 0.1),
        ...many(10, 'old', 503, 0.1),
        ...many(90, 'new', 200, 0.1),
        ...many(10, 'new', 503, 0.1),
      ],
      undefined,
    ],
    ['is slow', [...before, ...many(60, 'new', 200, 0.9)], /up to 0.90 s, instead of 0.10 s/],
    ['was slow in a few answers', [...before, ...many(9, 'new', 200, 0.9)], undefined],
  ])('is judged when it %s', (_title, seen, why) => {
    if (why) expect(worse(seen, 'new')).toMatch(why);
    else expect(worse(seen, 'new')).toBeUndefined();
  });
});

describe.each(['source', 'images'])('a deployment from %s that is tried out', from => {
  let site: Site;
  let cloud: SimulatedProject;
  let clock: ReturnType<typeof simulation>['clock'];
  const deploy = (artefact: string) => {
    const artefacts = new Map(site.artefacts).set('prediction', artefact);
    const project = testProject(site, simulatedGcloud(cloud), clock);
    return up(project, planOf({ ...site, artefacts }), { stage: () => {}, step: () => {} });
  };
  const traffic = () => cloud.find('run services', 'prediction').spec;

  beforeEach(async () => {
    site = await testSite(`DEPLOY_AS: ${from}\nTRIAL_MINUTES: 10\n`);
    ({ cloud, clock } = simulation());
    expect(await deploy('first')).toEqual([]);
  });

  it('gets all requests when it does no worse', async () => {
    const before = clock.waitedMs;
    expect(await deploy('second')).toEqual([]);
    expect(traffic()).toMatchObject({ traffic: [{ latestRevision: true, percent: 100 }] });
    expect(clock.waitedMs - before).toBe(11 * 60_000);
  });

  it('goes back by itself when it does worse, and is tried again the next time', async () => {
    cloud.requests.push(
      ...many(1_000, 'prediction-00001', 200, 0.1),
      ...many(50, 'prediction-00002', 500, 0.1),
    );
    const [failure] = await deploy('second');
    expect(failure?.message).toMatch(
      /prediction-00002 was tried .* worse than prediction-00001, which answers again/,
    );
    expect(traffic()).toMatchObject({ traffic: [{ revisionName: 'prediction-00001', percent: 100 }] });
    cloud.requests.length = 0;
    expect(await deploy('second')).toEqual([]);
    expect(traffic()).toMatchObject({ traffic: [{ latestRevision: true, percent: 100 }] });
  });
});
