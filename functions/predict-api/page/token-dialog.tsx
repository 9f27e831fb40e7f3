import { useEffect, useState } from 'preact/hooks';
import { saveToken, tokenNeeded } from './api.ts';
import { Dialog } from './ui/dialog.tsx';

/** Appears when the service asks for a token. */
export function TokenDialog() {
  const [isOpen, setOpen] = useState(false);
  const [token, setToken] = useState('');
  useEffect(() => {
    const open = (): void => setOpen(true);
    tokenNeeded.addEventListener('needed', open);
    return () => tokenNeeded.removeEventListener('needed', open);
  }, []);
  if (!isOpen) return null;
  const save = (): void => {
    saveToken(token.trim());
    location.reload();
  };
  return (
    <Dialog title="Token needed" onClose={() => setOpen(false)}>
      <p>This service needs a token. It is kept until you close this window.</p>
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
