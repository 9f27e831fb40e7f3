export { credentials } from '@grpc/grpc-js';
