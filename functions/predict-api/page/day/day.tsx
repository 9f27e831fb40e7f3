import type { DayAnswer } from '@banknote-loop/shared/contract';
import { useDataSet } from '../data-set.tsx';
import { count, countItems, dayAndTime, duration, percent, pluralize } from '../format.ts';
import { Failure, Loading } from '../ui/parts.tsx';
import { useLoad } from '../use-load.ts';
import { Costs } from './costs.tsx';
import { NumberCard } from './number-card.tsx';
import { Sparkline } from './sparkline.tsx';

const pollEveryMs = 30_000;

/** How the loop does today, on one screen or one sheet of paper. */
export function Day() {
  const { data, error } = useLoad('/day', { on: ['model'], everyMs: pollEveryMs });
  return (
    <>
      <p class="day-of">
        {dayAndTime(new Date().toISOString())}{' '}
        <button type="button" onClick={() => print()}>
          Print
        </button>
      </p>
      <Failure message={error} />
      {data ? <Numbers day={data} /> : error ? null : <Loading />}
    </>
  );
}

function Numbers({ day }: { readonly day: DayAnswer }) {
  const dataSet = useDataSet();
  const { throughput, waiting, queue_age, accuracy, correction_to_live, drift, set_aside, cost } = day;
  return (
    <div class="day">
      <NumberCard
        title="Throughput"
        value={count(throughput.notes)}
        detail={`${dataSet.items} in 24 hours, in ${count(throughput.batches)} ${throughput.batches === 1 ? 'batch' : 'batches'}`}
        why={{ href: '#/loop', text: 'What goes through the loop' }}
      >
        <Sparkline
          name={`${dataSet.items} an hour`}
          points={throughput.trend}
          format={value => countItems(dataSet, value)}
        />
      </NumberCard>
      <NumberCard
        title="Waiting for an answer"
        value={secondsText(waiting.p99_seconds)}
        detail={
          waiting.p50_seconds === null
            ? 'nothing has come in 24 hours'
            : `99 of 100 batches within that, half within ${secondsText(waiting.p50_seconds)}`
        }
        why={{ href: '#/loop', text: 'Where a batch spends its time' }}
      >
        <Sparkline name="Slowest of a hundred" points={waiting.trend} format={duration} />
      </NumberCard>
      <NumberCard
        title="Oldest message in a queue"
        value={secondsText(queue_age.seconds)}
        detail={
          queue_age.seconds === null
            ? 'nobody measures the queues here'
            : queue_age.function
              ? `waits for ${queue_age.function}`
              : 'nothing waits'
        }
        why={{ href: '#/loop', text: 'Which function is behind' }}
      >
        <Sparkline name="Oldest message" points={queue_age.trend} format={duration} />
      </NumberCard>
      <NumberCard
        title="Right by people's word"
        value={accuracy.rated === 0 ? '–' : percent(accuracy.correct / accuracy.rated)}
        detail={
          accuracy.rated === 0
            ? 'nobody has rated anything lately'
            : `${percent(accuracy.interval.low)} to ${percent(accuracy.interval.high)}; ${count(accuracy.correct)} of ${pluralize(accuracy.rated, 'rated answer')}`
        }
        why={{ href: '#/quality', text: 'How each model does' }}
      >
        <Sparkline name="Share that is right" points={accuracy.trend} format={percent} />
      </NumberCard>
      <NumberCard
        title="From correction to live"
        value={secondsText(correction_to_live.p50_seconds)}
        detail={
          correction_to_live.corrections === 0
            ? 'no correction is known to a model that answers yet'
            : `half within that, 19 of 20 within ${secondsText(correction_to_live.p95_seconds)}; ${pluralize(correction_to_live.corrections, 'correction')}`
        }
        why={{ href: '#/review', text: 'What became of each correction' }}
      >
        <Sparkline name="Half within" points={correction_to_live.trend} format={duration} />
      </NumberCard>
      <NumberCard
        title="Drift"
        value={drift.psi === null ? '–' : drift.psi.toFixed(3)}
        detail={
          drift.psi === null
            ? 'too few answers to tell'
            : `of ${drift.feature}, which has changed most; beyond 0.25 is too much`
        }
        why={{ href: '#/quality', text: 'What has changed' }}
      >
        <Sparkline name="Drift" points={drift.trend} format={value => value.toFixed(3)} line={0.25} />
      </NumberCard>
      <NumberCard
        title="Labels set aside"
        value={count(set_aside.labels)}
        detail="nothing is learned from them until somebody settles them"
        why={{ href: '#/review', text: 'Look at the most suspicious' }}
      >
        <Sparkline name="Labels set aside" points={set_aside.trend} format={count} />
      </NumberCard>
      <Costs cost={cost} />
    </div>
  );
}

function secondsText(seconds: number | null): string {
  return seconds === null ? '–' : duration(seconds);
}
