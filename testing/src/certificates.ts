import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate for 127.0.0.1 and no other name, its key, and the authority that gave it: the names of the files. */
export interface Certificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority of its own, which is forgotten once it has given one certificate. */
export function makeCertificates(folder: string, name: string): Certificates {
  const file = (end: string): string => join(folder, `${name}.${end}`);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    ...['req', '-x509', ...newKey, '-days', '2', '-subj', `/CN=authority ${name}`],
    ...['-keyout', file('ca.key'), '-out', file('ca.pem')],
  );
  openssl('req', ...newKey, '-subj', '/CN=server', '-keyout', file('key'), '-out', file('csr'));
  writeFileSync(file('ext'), 'subjectAltName=IP:127.0.0.1\n');
  openssl(
    ...[
      'x509',
      '-req',
      '-in',
      file('csr'),
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
    ],
    ...['-days', '2', '-extfile', file('ext'), '-out', file('pem')],
  );
  return { authority: file('ca.pem'), certificate: file('pem'), key: file('key') };
}
