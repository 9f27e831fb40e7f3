// Only to say that a stand-in on this machine is spoken to without encryption: the clients bring their own otherwise.
export { credentials } from '@grpc/grpc-js';
