import type { Scope, SessionAnswer } from '@banknote-loop/shared/contract';
import { useEffect, useState } from 'preact/hooks';
import { call, messageOf, sessionChanges, takeToken } from '../api.ts';
import { useSession } from '../session.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/parts.tsx';

/** Who has signed in and what they may do; or the way in. */
export function Account() {
  const session = useSession();
  const [isOpen, setOpen] = useState(false);
  const [hasEnded, setEnded] = useState(false);
  useEffect(() => {
    const end = (): void => setEnded(true);
    sessionChanges.addEventListener('ended', end);
    return () => sessionChanges.removeEventListener('ended', end);
  }, []);
  const { principal, roles } = session;
  const name = principal ?? 'Sign in';
  return (
    <>
      <button
        type="button"
        class={principal === null ? 'account primary' : 'account'}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <span class="name">{name}</span>
        {principal === null ? null : <span class="tag">{roles.join(', ') || 'no role'}</span>}
      </button>
      {hasEnded ? (
        <Entrance title="Signed out" session={session} onClose={() => setEnded(false)}>
          {principal === null ? null : (
            <p>Your session has ended. What you have not saved goes when you sign in again.</p>
          )}
        </Entrance>
      ) : isOpen && principal === null ? (
        <Entrance title="Sign in" session={session} onClose={() => setOpen(false)} />
      ) : isOpen ? (
        <Rights session={session} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

interface EntranceProps {
  readonly title: string;
  readonly session: SessionAnswer;
  readonly onClose: () => void;
  readonly children?: preact.ComponentChildren;
}

/** The way to the provider; where people have tokens from elsewhere, a place for one. */
function Entrance({ title, session, onClose, children }: EntranceProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      {children}
      {session.sign_in === 'page' ? <ToProvider /> : <TokenForm onDone={onClose} />}
    </Dialog>
  );
}

interface Next {
  readonly address: string | null;
}

function ToProvider() {
  const [error, setError] = useState<string>();
  const go = (): void =>
    void call<Next>('POST', '/session/begin', { view: location.hash.replace(/^#\/?/, '') }).then(
      ({ address }) => location.assign(address ?? '/'),
      failure => setError(messageOf(failure)),
    );
  return (
    <>
      <p>You go to where you have your account, and come back to this view.</p>
      <Failure message={error} />
      <p class="actions">
        <button type="button" class="primary" onClick={go}>
          Go and sign in
        </button>
      </p>
    </>
  );
}

function TokenForm({ onDone }: { readonly onDone: () => void }) {
  const [token, setToken] = useState('');
  const use = (event: Event): void => {
    event.preventDefault();
    onDone();
    takeToken(token.trim());
  };
  return (
    <form onSubmit={use}>
      <p>This service needs a token. It is gone when you leave or reload the page.</p>
      <label>
        Token
        <input
          type="password"
          autocomplete="off"
          value={token}
          onInput={event => setToken(event.currentTarget.value)}
        />
      </label>
      <p class="actions">
        <button type="submit" class="primary" disabled={token.trim() === ''}>
          Use it
        </button>
      </p>
    </form>
  );
}

const words: Readonly<Record<Scope, string>> = {
  'notes:submit': 'ask what something is',
  'notes:read': 'see what everybody asked',
  'notes:rate': 'rate answers, in your own name',
  'notes:rate-for': 'rate answers in the name of others',
  'models:read': 'see the models, and how they do',
  'models:manage': 'decide which model answers, and what is learned',
  'loop:read': 'see how the loop does',
  'audit:read': 'see who did what',
  'people:manage': 'hand out what is kept of a person, or have it forgotten',
};

function Rights({ session, onClose }: { readonly session: SessionAnswer; readonly onClose: () => void }) {
  const { principal, roles, scopes, lacking, sign_in } = session;
  const [error, setError] = useState<string>();
  const leave = (): void => {
    if (sign_in === 'token') takeToken(undefined);
    else
      void call<Next>('POST', '/session/end').then(
        ({ address }) => location.assign(address ?? '/'),
        failure => setError(messageOf(failure)),
      );
  };
  return (
    <Dialog title={principal ?? ''} onClose={onClose}>
      <p>
        {roles.length > 0
          ? `Your role: ${roles.join(', ')}.`
          : 'You have no role here yet: somebody who looks after this service can give you one.'}
      </p>
      {scopes.length > 0 ? <h3>You may</h3> : null}
      <ul class="rights">
        {scopes.map(scope => (
          <li key={scope}>{words[scope]}</li>
        ))}
      </ul>
      {lacking.length > 0 ? <h3>You may not</h3> : null}
      <ul class="rights muted">
        {lacking.map(({ scope, roles: allowed }) => (
          <li key={scope}>
            {words[scope]} <small>({allowed.join(', ')})</small>
          </li>
        ))}
      </ul>
      <Failure message={error} />
      <p class="actions">
        <button type="button" onClick={onClose}>
          Close
        </button>
        <button type="button" class="primary" onClick={leave}>
          Sign out
        </button>
      </p>
    </Dialog>
  );
}
