import { quoteForShell } from '@banknote-loop/shared/base';
import { exampleRow } from '@banknote-loop/shared/data-set';
import { findDataSet } from '@banknote-loop/shared/data-set/files';
import { reversed } from './chains.ts';
import { costLines } from './cost/report.ts';
import { type CommandsOf, creating, looking, removing, Script, script } from './dry-run.ts';
import { lookupsOf } from './lookups.ts';
import type { Options } from './options.ts';
import { takenOver } from './plan/take-over.ts';
import { runToolJob, scriptOf } from './plan/tools.ts';
import { deployerPlanOf, planOf, promotionStage } from './plan.ts';
import { rollbackCommand, rollbackLookups } from './rollback.ts';
import { meant, type Site } from './site.ts';
import { addressLookups } from './smoke.ts';
import { logCommands, statusCommands } from './watch.ts';

/** The lines that a dry run prints: what the action would do in an empty project, or, for `down`, in a full one. */
export function dryRun(
  site: Site,
  { action, function: name, deleteData, tool, load }: Options,
): readonly string[] {
  const { PROJECT_ID } = site.settings;
  const lookups = lookupsOf(site);
  const plan = planOf(site);
  switch (action) {
    case 'up':
      return [...script(PROJECT_ID, lookups, plan, creating), ...smokeLines(site)];
    case 'down':
      return script(PROJECT_ID, lookups, reversed(plan), removing(deleteData));
    case 'check':
      return script(PROJECT_ID, lookups, plan, looking);
    case 'rollback': {
      const written = new Script(PROJECT_ID, rollbackLookups(site, meant(site, name ?? '')));
      written.add(rollbackCommand(site, meant(site, name ?? '')));
      return written.lines;
    }
    case 'logs':
    case 'status': {
      const written = new Script(PROJECT_ID, {});
      const commands =
        action === 'logs' ? logCommands(site, name && meant(site, name)) : statusCommands(site);
      for (const command of commands) written.add(command);
      return written.lines;
    }
    case 'run': {
      const written = new Script(PROJECT_ID, {});
      written.add(runToolJob(site, scriptOf(tool)));
      return written.lines;
    }
    case 'take-over': {
      const there = takenOver(site);
      const first = script(PROJECT_ID, lookups, [promotionStage(site)], promoting);
      return [
        ...first,
        ...script(PROJECT_ID, lookupsOf(there), planOf(there), creating),
        ...smokeLines(there),
      ];
    }
    case 'deployer':
      return script(PROJECT_ID, lookups, deployerPlanOf(site), creating);
    case 'cost':
      return costLines(site, load).map(line => `# ${line}`.trimEnd());
    case 'smoke':
      return smokeLines(site);
  }
}

const promoting: CommandsOf = step =>
  step.kind === 'resource' && typeof step.change !== 'function' ? step.change : [];

function smokeLines(site: Site): readonly string[] {
  const features = [exampleRow(findDataSet(site.settings.DATA_SET).dataSet)];
  const note = quoteForShell(JSON.stringify({ subjects: ['smoke test'], features }));
  const written = new Script(site.settings.PROJECT_ID, addressLookups(site));
  written.note('a note goes through the loop');
  for (const name of ['INGEST_URL', 'PREDICT_URL', 'TOKEN']) written.lookUp(name);
  const auth = `-H "authorization: Bearer \${TOKEN}"`;
  return [
    ...written.lines,
    `curl -sS ${auth} -H 'content-type: application/json' -d ${note} "\${INGEST_URL}/notes"`,
    `curl -sS ${auth} "\${PREDICT_URL}/batches"`,
  ];
}
