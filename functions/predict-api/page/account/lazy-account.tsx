import { lazy } from '../lazy.tsx';
import { useSession } from '../session.tsx';

const Loaded = lazy(async () => (await import('./account.tsx')).Account);

/** Who uses the page, and the way in and out. Where nobody signs in, not even its code is loaded. */
export function Account() {
  return useSession().sign_in === 'none' ? null : <Loaded />;
}
