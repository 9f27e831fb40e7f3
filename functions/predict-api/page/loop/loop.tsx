import type { QueueAnswer } from '@banknote-loop/shared/contract';
import { Card, Failure } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { DeadLetters } from './dead-letters.tsx';
import { FunctionsTable } from './functions-table.tsx';
import { describeHealth } from './health.ts';
import type { FunctionNode } from './layout.ts';
import { Timeline } from './timeline.tsx';
import { TopologyMap } from './topology-map.tsx';

const pollEveryMs = 2_000;

export function Loop() {
  const topology = useLoad('/topology');
  const measurements = useLoad('/queues', { everyMs: pollEveryMs });
  const deadLetters = useLoad('/dead-letters', {
    on: ['dead-letter'],
  });
  const functions = topology.data?.functions;
  const queues = new Map(measurements.data?.queues.map(queue => [queue.name, queue]));
  const letters = deadLetters.data?.dead_letters ?? [];
  const deadByFunction = new Map(
    [...Map.groupBy(letters, letter => letter.function)].map(([name, all]) => [name, all.length]),
  );
  return (
    <>
      <Card title="Functions and topics">
        <Failure message={topology.error ?? measurements.error} />
        {functions ? (
          <HealthLine functions={functions} queues={queues} deadByFunction={deadByFunction} />
        ) : null}
        {functions ? (
          <>
            <TopologyMap functions={functions} queues={queues} deadByFunction={deadByFunction} />
            <FunctionsTable functions={functions} queues={queues} deadByFunction={deadByFunction} />
          </>
        ) : null}
        {measurements.data?.queues.length === 0 ? (
          <p class="muted">Nobody measures the queues here, so the numbers are left out.</p>
        ) : null}
      </Card>
      <div class="columns">
        <DeadLetters {...deadLetters} />
        <Timeline />
      </div>
    </>
  );
}

interface HealthProps {
  readonly functions: readonly FunctionNode[];
  readonly queues: ReadonlyMap<string, QueueAnswer>;
  readonly deadByFunction: ReadonlyMap<string, number>;
}

/** All that is wrong at a glance, or that nothing is. */
function HealthLine({ functions, queues, deadByFunction }: HealthProps) {
  const problems = functions
    .map(({ name }) => describeHealth(name, queues.get(name), deadByFunction.get(name) ?? 0))
    .filter(Boolean);
  return (
    <div role="status" class={problems.length > 0 ? 'failure' : 'all-well'}>
      {problems.length > 0 ? (
        problems.map(problem => <p key={problem}>{problem}</p>)
      ) : (
        <p>
          {queues.size > 0
            ? 'All functions keep up, and there are no dead letters.'
            : 'There are no dead letters.'}
        </p>
      )}
    </div>
  );
}
