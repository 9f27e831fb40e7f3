// Reads the database's password and the keys of models, once or twice in the life of a process: no start waits for it.
export { SecretManagerServiceClient } from '@google-cloud/secret-manager';
