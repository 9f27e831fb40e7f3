import { useEffect, useState } from 'preact/hooks';
import { rememberToken, tokenNeeded } from './api.ts';
import { Dialog } from './ui/dialog.tsx';

/** Appears when the service asks for a token. */
export function TokenDialog() {
  const [asked, setAsked] = useState(false);
  const [token, setToken] = useState('');
  useEffect(() => {
    const ask = (): void => setAsked(true);
    tokenNeeded.addEventListener('needed', ask);
    return () => tokenNeeded.removeEventListener('needed', ask);
  }, []);
  if (!asked) return null;
  const save = (): void => {
    rememberToken(token.trim());
    location.reload();
  };
  return (
    <Dialog title="A token, please" onClose={() => setAsked(false)}>
      <p>This service answers only to those it knows. The token is kept until you close this window.</p>
      <label>
        Token
        <input type="password" value={token} onInput={event => setToken(event.currentTarget.value)} />
      </label>
      <p class="actions">
        <button type="button" class="primary" onClick={save} disabled={token.trim() === ''}>
          Use it
        </button>
      </p>
    </Dialog>
  );
}
