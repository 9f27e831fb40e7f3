import { useState } from 'preact/hooks';
import { call, messageOf } from '../api.ts';
import { modelName } from '../format.ts';
import { useOwnName } from '../session.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/parts.tsx';

export type PendingDecision =
  | { readonly kind: 'promotion'; readonly model_file_name: string }
  | { readonly kind: 'pin'; readonly model_file_name: string }
  // It is about the model that the page shows: sent again, it must not go back further.
  | { readonly kind: 'rollback'; readonly instead_of: string }
  | { readonly kind: 'unpin' };

interface Props {
  readonly request: PendingDecision;
  readonly onClose: (done: boolean) => void;
}

const titles = {
  promotion: 'Promote a model',
  pin: 'Pin a model',
  rollback: 'Roll back',
  unpin: 'Unpin',
} as const;

/** Says what will happen, and asks for a name and a reason, before it happens. */
export function DecisionDialog({ request, onClose }: Props) {
  const [by, setBy] = useOwnName();
  const [why, setWhy] = useState('');
  const [error, setError] = useState<string>();
  const decide = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await call('POST', '/decisions', { ...request, by, why });
      onClose(true);
    } catch (failure) {
      setError(messageOf(failure));
    }
  };
  return (
    <Dialog title={titles[request.kind]} onClose={() => onClose(false)}>
      <p>{consequenceOf(request)}</p>
      <form onSubmit={event => void decide(event)}>
        <label>
          Your name
          <input
            required
            maxLength={500}
            value={by}
            readOnly={!setBy}
            onInput={event => setBy?.(event.currentTarget.value)}
          />
        </label>
        <label>
          Why
          <input required maxLength={500} value={why} onInput={event => setWhy(event.currentTarget.value)} />
        </label>
        <Failure message={error} />
        <p class="actions">
          <button type="button" onClick={() => onClose(false)}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {titles[request.kind]}
          </button>
        </p>
      </form>
    </Dialog>
  );
}

function consequenceOf(request: PendingDecision): string {
  if (request.kind === 'rollback') {
    return 'The model that answered before answers again, within seconds and everywhere. What the present one learned from is not promoted again until the data changes.';
  }
  if (request.kind === 'unpin') return 'The next model that is good enough may take over again.';
  const name = modelName(request.model_file_name);
  return request.kind === 'pin'
    ? `${name} answers from now on and stays, whatever is trained, until somebody unpins it.`
    : `${name} answers from now on, within seconds and everywhere, until a better model is trained.`;
}
