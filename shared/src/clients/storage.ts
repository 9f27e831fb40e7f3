export { Storage } from '@google-cloud/storage';
