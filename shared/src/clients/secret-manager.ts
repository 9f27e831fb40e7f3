export { SecretManagerServiceClient } from '@google-cloud/secret-manager';
