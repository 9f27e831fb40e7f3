// Signs calls of Google's HTTP APIs: where there is no emulator, and only for spans and for how long queues are.
export { GoogleAuth } from 'google-auth-library';
