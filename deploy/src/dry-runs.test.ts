import { spawnSync } from 'node:child_process';
import { dryRun } from './dry-runs.ts';
import { actions, readOptions } from './options.ts';
import type { Site } from './site.ts';
import { hasGcloud, oneOfEach, parseByGcloud } from './testing/lint.ts';
import { testSite } from './testing/site.ts';

let site: Site;
/** With all that is not made by default. */
let images: Site;

beforeAll(async () => {
  images = await testSite(
    'DEPLOY_AS: images\nGITHUB_REPOSITORY: me/loop\nLOG_LEVEL: warn\nPROFILE: production\nKEEP_UNRATED_DAYS: 30\nSTANDBY_REGION: europe-west4\nBUCKET_LOCATION: EU\n' +
      'OTEL_EXPORTER_OTLP_ENDPOINT: https://telemetry.googleapis.com\n' +
      'DOMAIN: notes.example.com\nDOOR_MEMBERS: [group:tellers@example.com]\nALERT_EMAILS: [me@example.com]\n',
  );
  site = await testSite(
    'AUTH_JWKS_URL: https://a.example/keys\nAUTH_ISSUER: https://a.example\nAUTH_AUDIENCE: loop\n' +
      'AUTH_GRANTS: "email:a@b.example=notes:rate; sub:d=notes:submit"\nCORS_ORIGINS: https://a.example,https://b.example\n',
  );
});

const linesOf = (...words: readonly string[]) => dryRun(site, readOptions(['--dry-run', ...words]));

const words: Partial<Record<(typeof actions)[number], string>> = { rollback: 'prediction', run: 'doctor' };

function allLines(): readonly string[] {
  // There is one region only.
  const ofOneRegion = actions.filter(action => action !== 'take-over');
  const lines = ofOneRegion.flatMap(action => linesOf(action, ...[words[action] ?? []].flat()));
  const asImages = actions.flatMap(action =>
    dryRun(images, readOptions([action, ...[words[action] ?? []].flat()])),
  );
  return [...lines, ...asImages, ...linesOf('down', '--delete-data'), ...linesOf('logs', 'training')];
}

/** The gcloud commands of a line: whole, within `NAME=$(…)`, or at both ends of a pipe. */
function gcloudCommands(line: string): readonly string[] {
  const [, inner = line] = /^\w+=\$\((.*)\)$/.exec(line) ?? [];
  return inner.split(' | ').filter(part => part.startsWith('gcloud '));
}

it('writes nothing but comments and commands, one on a line', () => {
  for (const line of allLines()) {
    expect(line).toMatch(
      /^(#( |$)|gcloud |\w+=\$\(gcloud |node scripts\/run\.mjs deploy\/src\/input\.ts |curl )/,
    );
  }
});

it('looks up every value before it is used', () => {
  for (const action of ['up', 'check', 'down', 'smoke']) {
    const known = new Set<string>();
    for (const line of linesOf(action)) {
      for (const [, name = ''] of line.matchAll(/\$\{(\w+)\}/g)) expect(known).toContain(name);
      const [, defined] = /^(\w+)=\$\(/.exec(line) ?? [];
      if (defined) known.add(defined);
    }
  }
});

it('is understood by a shell', () => {
  const { status, stderr } = spawnSync('bash', ['-n'], { input: allLines().join('\n'), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it('switches retry on for every trigger, and sends each one’s dead letters away', () => {
  const lines = linesOf('up');
  const events = site.functions.filter(({ kind }) => kind === 'event');
  expect(lines.filter(line => line.includes('--trigger-topic=') && line.includes(' --retry '))).toHaveLength(
    events.length,
  );
  expect(lines.filter(line => line.includes('--dead-letter-topic=dead-letter'))).toHaveLength(events.length);
});

(hasGcloud ? it : it.skip)(
  'consists of commands that the installed gcloud parses (skipped where there is no gcloud)',
  () => {
    const results = parseByGcloud(oneOfEach(site, allLines().flatMap(gcloudCommands)));
    expect(results.length).toBeGreaterThan(60);
    expect(results.filter(({ success }) => !success)).toEqual([]);
  },
  240_000,
);
