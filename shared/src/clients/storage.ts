// Reads and writes model files: a function that has loaded its model needs it again only for the next one.
export { Storage } from '@google-cloud/storage';
