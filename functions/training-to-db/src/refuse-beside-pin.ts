import type { ModelMessage } from '@banknote-loop/shared';
import type { PromotedModel } from '@banknote-loop/shared/postgres';

/** While a person holds a model in its place, another program's announcement is on record as refused. */
export function refuseBesidePin(
  model: ModelMessage,
  decided: Date,
  live: PromotedModel | undefined,
): ModelMessage {
  const isHeld = live?.kind === 'pin' && live.model_file_name !== model.model_file_name;
  if (!model.promoted || !isHeld || decided < new Date(live.created)) return model;
  const { model_file_name, made_by, why } = live;
  const reason = `The model ${model_file_name} is pinned by ${made_by} (${why}).`;
  return { ...model, promoted: false, reason, report: { ...model.report, rule: 'pinned' } };
}
