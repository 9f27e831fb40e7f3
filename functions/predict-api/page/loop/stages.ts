import type { BatchAnswer, Receipt } from '@banknote-loop/shared/contract';
import { modelName, pluralize } from '../format.ts';

/** A stage that a batch reaches on its way; without a time it lies ahead. */
export interface BatchStage {
  readonly name: string;
  readonly detail: string;
  readonly at: number | undefined;
}

/** The stages of a batch, with the time of each that it has reached. */
export function stagesOf(
  { batch_id, notes: items }: BatchAnswer,
  receipts: readonly Receipt[],
): readonly BatchStage[] {
  const [first] = items;
  const submitted = timeInId(batch_id);
  const learned = receipts.find(({ model }) => model !== null);
  const live = earliest(receipts.map(({ live_at }) => live_at));
  return [
    ...(submitted === undefined
      ? []
      : [{ name: 'submitted', detail: 'published to request', at: submitted }]),
    {
      name: 'predicted',
      detail: first?.model_file_name
        ? `by ${modelName(first.model_file_name)}, stored and listed`
        : 'stored and listed',
      at: first && Date.parse(first.created),
    },
    {
      name: 'rated',
      detail: receipts.length > 0 ? pluralize(receipts.length, 'rating') : 'by nobody yet',
      at: earliest(receipts.map(({ rated_at }) => rated_at)),
    },
    {
      name: 'learned',
      detail: learned?.model
        ? `${modelName(learned.model.model_file_name)}, ${learned.model.promoted ? 'promoted' : 'refused'}`
        : '',
      at: learned?.model ? timeInModelName(learned.model.model_file_name) : undefined,
    },
    { name: 'live', detail: 'a model that learned it answered', at: live },
  ];
}

function earliest(times: readonly (string | null)[]): number | undefined {
  const known = times.flatMap(time => (time === null ? [] : [Date.parse(time)]));
  return known.length > 0 ? Math.min(...known) : undefined;
}

/** An id of version 7 begins with the time at which it was made. */
function timeInId(id: string): number | undefined {
  return id[14] === '7' ? Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) : undefined;
}

function timeInModelName(name: string): number | undefined {
  const match = /(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(name);
  if (!match) return undefined;
  const [year = 0, month = 1, ...rest] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, ...rest);
}
